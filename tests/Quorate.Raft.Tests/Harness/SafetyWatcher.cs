using Quorate.Raft.Messages;

namespace Quorate.Raft.Tests.Harness;

/// <summary>
/// The properties of the paper's figure 3, and what durability promises, checked after every event from what the
/// servers' outputs say. Kept as naive as possible, and apart from the algorithm's own invariants, which run beside them.
/// </summary>
public sealed class SafetyWatcher(HarnessCluster cluster)
{
    private const int EventsPerClusterCheck = 16;

    private readonly Dictionary<long, MemberId> _leaders = [];
    private readonly Dictionary<LogPosition, (LogPosition Previous, Entry Entry)> _entries = [];
    private readonly List<(Entry Entry, long CommitTerm)> _committed = [];
    private readonly Dictionary<MemberId, ServerMemory> _memory = [];
    private readonly ClusterInvariants _clusterInvariants = new();
    private long _events;

    /// <summary>Highest index that any server ever knew to be committed.</summary>
    public long CommittedIndex => _committed.Count;

    /// <summary>How many terms had a leader.</summary>
    public int LeadersSeen => _leaders.Count;

    /// <summary>How often a server was sent a snapshot and loaded it.</summary>
    public int SnapshotsLoaded { get; private set; }

    /// <summary>Every entry that was ever committed, in order.</summary>
    public IEnumerable<Entry> Committed => _committed.Select(item => item.Entry);

    public Entry CommittedAt(long index) => _committed[(int)index - 1].Entry;

    public void Started(HarnessServer server)
    {
        _memory[server.Id] = new ServerMemory
        {
            Term = server.Disk.HardState.CurrentTerm,
            VotedFor = server.Disk.HardState.VotedFor,
        };
        Require(server.Node.CurrentTerm == server.Disk.HardState.CurrentTerm, $"server {server.Id} forgot its term (spec R3)");
        Require(server.Node.VotedFor == server.Disk.HardState.VotedFor, $"server {server.Id} forgot its vote (spec R4)");
        foreach (Entry entry in server.State.Entries)
        {
            Applied(server, entry);
        }
    }

    /// <summary>Log Matching: a position stands for one entry and one predecessor, hence for one whole prefix.</summary>
    public void Appended(HarnessServer server, Entry entry, int replaced)
    {
        LogPosition previous = server.Log.Entries.Count > 1 ? server.Log.Entries[^2].Position : server.Log.Base;
        if (_entries.TryGetValue(entry.Position, out (LogPosition Previous, Entry Entry) known))
        {
            Require(known.Entry == entry, $"Log Matching: {entry.Position} is {MessageText.Of(known.Entry)} and {MessageText.Of(entry)}");
            Require(
                known.Previous == previous,
                $"Log Matching: {entry.Position} follows {known.Previous}, but {previous} in the log of server {server.Id}");
        }
        else
        {
            _entries.Add(entry.Position, (previous, entry));
        }

        Require(previous.Term <= entry.Term, $"terms fall from {previous} to {entry.Position} in the log of server {server.Id}");
        Require(
            replaced == 0 || server.Role != Role.Leader || _memory[server.Id].Role != Role.Leader || _memory[server.Id].Term != server.Node.CurrentTerm,
            $"Leader Append-Only: server {server.Id} replaced {replaced} entries from {entry.Position} on");
        Require(
            replaced == 0 || entry.Index > _memory[server.Id].CommitIndex,
            $"server {server.Id} truncated from {entry.Index} on, but it knows that {_memory[server.Id].CommitIndex} is committed");
    }

    /// <summary>What a message promises is on the sender's disk (spec R3, R4, L4).</summary>
    public void Leaves(HarnessServer server, Message message)
    {
        Require(message.From == server.Id, $"server {server.Id} sends in the name of {message.From}");
        Require(message.To != server.Id && !message.To.IsNone, $"server {server.Id} sends to {message.To}");
        HardState durable = server.Disk.HardState;
        string text = MessageText.Of(message);
        if (message is not RequestPreVote and not RequestPreVoteReply)
        {
            Require(message.Term <= durable.CurrentTerm, $"left before its term was durable (spec R3): {text}");
        }

        switch (message)
        {
            case RequestVote:
                Require(
                    durable.CurrentTerm > message.Term || durable.VotedFor == server.Id,
                    $"left before the candidate's own vote was durable: {text}");
                break;
            case RequestVoteReply { VoteGranted: true }:
                Require(
                    durable.CurrentTerm > message.Term || durable.VotedFor == message.To,
                    $"left before the vote was durable (spec R4): {text}");
                break;
            case AppendEntriesReply { Success: true } reply:
                Require(reply.MatchIndex <= server.Disk.Log.Last.Index || reply.Term < durable.CurrentTerm, $"left before the entries were durable (spec L4): {text}");
                RequireDurablyEqual(server, reply);
                break;
        }
    }

    /// <summary>State Machine Safety: whatever a server applies at an index is what is committed there.</summary>
    public void Applied(HarnessServer server, Entry entry)
    {
        NoteCommitted(server);
        Require(entry.Index <= CommittedIndex, $"server {server.Id} applied {entry.Position}, which nobody committed");
        Require(
            CommittedAt(entry.Index) == entry,
            $"State Machine Safety: server {server.Id} applied {MessageText.Of(entry)} where {MessageText.Of(CommittedAt(entry.Index))} is committed");
        Require(
            server.Disk.Log.Holds(entry.Position),
            $"server {server.Id} applied {entry.Position}, which is not on its own disk (the order of effects)");
    }

    public void Loaded(HarnessServer server)
    {
        SnapshotsLoaded++;
        foreach (Entry entry in server.State.Entries)
        {
            Require(
                entry.Index <= CommittedIndex && CommittedAt(entry.Index) == entry,
                $"State Machine Safety: the snapshot loaded by server {server.Id} has {MessageText.Of(entry)}, which is not what is committed");
        }
    }

    /// <summary>Something happened at a server.</summary>
    public void AfterEvent(HarnessServer server)
    {
        if (server.IsUp)
        {
            Check(server);
        }

        // What was committed stays on a majority of disks, whatever happens; by Log Matching the last entry stands for all.
        if (_committed.Count > 0)
        {
            RequireOnMajority(_committed[^1].Entry.Position, "committed is");
        }

        // Compares all logs, which is dear; the checks above found the same properties step by step.
        if (++_events % EventsPerClusterCheck == 0)
        {
            _clusterInvariants.Check([.. cluster.Servers.Where(other => other.IsUp).Select(other => other.Node)]);
        }
    }

    private void Check(HarnessServer server)
    {
        ServerMemory memory = _memory[server.Id];
        RaftNode node = server.Node;
        Require(node.CurrentTerm >= memory.Term, $"the term of server {server.Id} fell from {memory.Term} to {node.CurrentTerm} (spec R3)");
        Require(
            node.CurrentTerm > memory.Term || memory.VotedFor.IsNone || node.VotedFor == memory.VotedFor,
            $"server {server.Id} changed its vote of term {node.CurrentTerm} from {memory.VotedFor} to {node.VotedFor} (spec R4)");
        Require(node.LastLog == server.Log.Last, $"the log of server {server.Id} ends at {node.LastLog}, but it asked to write up to {server.Log.Last}");
        Require(node.Role != Role.Leader || node.LeaderId == server.Id, $"leader {server.Id} believes that {node.LeaderId} leads");
        Require(
            node.Role is not (Role.Candidate or Role.Leader) || node.VotedFor == server.Id,
            $"server {server.Id} is {node.Role} of term {node.CurrentTerm} but voted for {node.VotedFor}");
        bool newTerm = node.CurrentTerm > memory.Term;
        if (node.Role == Role.Leader)
        {
            CheckLeader(server, becameLeader: newTerm || memory.Role != Role.Leader);
        }

        if (!node.LeaderId.IsNone)
        {
            Require(
                _leaders.TryGetValue(node.CurrentTerm, out MemberId leader) && leader == node.LeaderId,
                $"server {server.Id} believes that {node.LeaderId} leads term {node.CurrentTerm}, which it never did");
        }

        NoteCommitted(server);
        Require(server.State.Last.Index <= node.CommitIndex, $"server {server.Id} applied {server.State.Last}, but its commit index is {node.CommitIndex}");
        memory.Term = node.CurrentTerm;
        memory.VotedFor = node.VotedFor;
        memory.Role = node.Role;
        memory.Invariants.Check(node);
    }

    private void CheckLeader(HarnessServer server, bool becameLeader)
    {
        long term = server.Node.CurrentTerm;
        if (_leaders.TryGetValue(term, out MemberId leader))
        {
            Require(leader == server.Id, $"Election Safety: servers {leader} and {server.Id} both lead term {term}");
        }
        else
        {
            _leaders.Add(term, server.Id);
        }

        if (!becameLeader)
        {
            return;
        }

        // An older leader may win late, after a younger one has committed: it owes only what terms before its own committed.
        for (int i = _committed.Count - 1; i >= 0; i--)
        {
            if (_committed[i].CommitTerm < term)
            {
                Require(
                    server.Log.Holds(_committed[i].Entry.Position),
                    $"Leader Completeness: server {server.Id} leads term {term} without {_committed[i].Entry.Position}, committed in term {_committed[i].CommitTerm}");
                break;
            }
        }
    }

    private void NoteCommitted(HarnessServer server)
    {
        ServerMemory memory = _memory[server.Id];
        RaftNode node = server.Node;
        Require(node.CommitIndex >= memory.CommitIndex, $"the commit index of server {server.Id} fell from {memory.CommitIndex} to {node.CommitIndex}");
        Require(
            node.CommitIndex <= server.Log.Last.Index,
            $"server {server.Id} has commit index {node.CommitIndex} but a log up to {server.Log.Last}");
        if (node.CommitIndex == memory.CommitIndex)
        {
            return;
        }

        if (node.CommitIndex > CommittedIndex)
        {
            CheckCommitRule(server);
        }

        for (long index = memory.CommitIndex + 1; index <= node.CommitIndex; index++)
        {
            if (server.Log.At(index) is not { } entry)
            {
                Require(index <= CommittedIndex, $"server {server.Id} says that {index} is committed but does not have it");
                continue;
            }

            if (index <= CommittedIndex)
            {
                Require(
                    CommittedAt(index) == entry,
                    $"State Machine Safety: server {server.Id} says that {MessageText.Of(entry)} is committed, but {MessageText.Of(CommittedAt(index))} is");
            }
            else
            {
                _committed.Add((entry, node.CurrentTerm));
            }
        }

        memory.CommitIndex = node.CommitIndex;
    }

    /// <summary>Committed is what a majority has on disk, decided by an entry of the leader's own term (spec C1, paper §5.4.2).</summary>
    private void CheckCommitRule(HarnessServer server)
    {
        long index = server.Node.CommitIndex;
        Require(server.Role == Role.Leader, $"server {server.Id} knows that {index} is committed before any leader does");
        Entry? entry = server.Log.At(index);
        Require(
            entry?.Term == server.Node.CurrentTerm,
            $"leader {server.Id} of term {server.Node.CurrentTerm} committed {entry?.Position}: not of its own term (paper §5.4.2)");
        RequireOnMajority(entry!.Value.Position, $"leader {server.Id} committed");
    }

    private void RequireDurablyEqual(HarnessServer server, AppendEntriesReply reply)
    {
        HarnessServer leader = cluster[reply.To];
        if (!leader.IsUp || leader.Node.Role != Role.Leader || leader.Node.CurrentTerm != reply.Term || server.Disk.HardState.CurrentTerm != reply.Term)
        {
            return;
        }

        if (leader.Log.At(reply.MatchIndex) is { } entry)
        {
            Require(
                server.Disk.Log.Holds(entry.Position),
                $"acknowledged {entry.Position} without having it on disk (spec L4): {MessageText.Of(reply)}");
        }
    }

    private void RequireOnMajority(LogPosition position, string what)
    {
        RequireOnMajorityOf(cluster.InitialConfiguration.Voters, position, what);
        RequireOnMajorityOf(cluster.InitialConfiguration.OutgoingVoters, position, what);
    }

    private void RequireOnMajorityOf(IReadOnlyList<MemberId> voters, LogPosition position, string what)
    {
        int copies = voters.Count(voter => cluster[voter].Disk.Log.Holds(position));
        Require(voters.Count == 0 || copies > voters.Count / 2, $"{what} {position}, which is on {copies} of {voters.Count} disks");
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new SafetyViolationException(message);
        }
    }

    private sealed class ServerMemory
    {
        /// <summary>The algorithm's own checks; they begin anew with each start.</summary>
        public RaftInvariants Invariants { get; } = new();

        public long Term { get; set; }

        public MemberId VotedFor { get; set; }

        public long CommitIndex { get; set; }

        public Role? Role { get; set; }
    }
}
