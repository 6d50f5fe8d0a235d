using System.Text;
using Quorate.Raft.Messages;

namespace Quorate.Raft.Tests.Harness;

/// <summary>Messages and entries as a person reads them.</summary>
public static class MessageText
{
    public static string Of(Message message) => $"{message.From} -> {message.To}  {Body(message)}";

    public static string Of(Entry entry) => entry.Kind switch
    {
        EntryKind.NoOp => $"{entry.Position} no-op",
        EntryKind.Command => $"{entry.Position} \"{Encoding.UTF8.GetString(entry.Command.Span)}\"",
        _ => $"{entry.Position} {entry.Kind}",
    };

    public static string Of(MemberId member) => member.IsNone ? "nobody" : member.ToString();

    private static string Body(Message message) => message switch
    {
        RequestPreVote m => $"RequestPreVote term {m.Term} last {m.LastLog}",
        RequestPreVoteReply m => $"RequestPreVoteReply term {m.Term} {(m.VoteGranted ? "granted" : "refused")}",
        RequestVote m => $"RequestVote term {m.Term} last {m.LastLog}{(m.LeadershipTransfer ? " by the leader's wish" : "")}",
        RequestVoteReply m => $"RequestVoteReply term {m.Term} {(m.VoteGranted ? "granted" : "refused")}",
        AppendEntries m => $"AppendEntries term {m.Term} previous {m.Previous} {Entries(m)} commit {m.CommitIndex}{Round(m.ReadRound)}{(m.WantsAnswer ? "" : ", no answer wanted")}",
        AppendEntriesReply { Success: true } m => $"AppendEntriesReply term {m.Term} previous {m.Previous} holds up to {m.MatchIndex}{Round(m.ReadRound)}",
        AppendEntriesReply m => $"AppendEntriesReply term {m.Term} previous {m.Previous} refused, may meet at {m.Conflict}{Round(m.ReadRound)}",
        InstallSnapshot m =>
            $"InstallSnapshot term {m.Term} snapshot {m.Snapshot.LastIncluded} bytes {m.Offset}..{m.Offset + m.ChunkLength} of {m.Snapshot.Length}",
        InstallSnapshotReply m =>
            $"InstallSnapshotReply term {m.Term} snapshot {m.LastIncluded} {(m.Installed ? "installed" : $"wants from byte {m.NextOffset}")}",
        ReadIndexRequest m => $"ReadIndexRequest term {m.Term} request {Short(m.RequestId)}",
        ReadIndexReply m => $"ReadIndexReply term {m.Term} request {Short(m.RequestId)} {m.Status}{(m.Status == ReadStatus.Confirmed ? $" at {m.Index}" : "")}",
        TimeoutNow m => $"TimeoutNow term {m.Term}",
        _ => message.ToString(),
    };

    private static string Entries(AppendEntries message)
    {
        ReadOnlySpan<Entry> entries = message.Entries.Span;
        if (entries.IsEmpty)
        {
            return "no entries";
        }

        var text = new StringBuilder("entries [");
        for (int i = 0; i < entries.Length; i++)
        {
            text.Append(i == 0 ? "" : ", ").Append(Of(entries[i]));
        }

        return text.Append(']').ToString();
    }

    // Request numbers begin at a random one; their last digits tell them apart.
    private static long Short(long requestId) => requestId % 1000;

    private static string Round(long round) => round == 0 ? "" : $" round {round}";
}
