using System.Text.Json;
using Quorate.Raft;

namespace Quorate.Simulation.Traces;

/// <summary>What a replica has come to: its part, its log, and how far each that follows the log has got.</summary>
/// <param name="IsRunning">Whether there is one; of one that is down nothing else is known.</param>
/// <param name="Life">Counts its starts.</param>
/// <param name="Role">The part it plays.</param>
/// <param name="Term">Its term.</param>
/// <param name="VotedFor">Who has its vote; zero for nobody.</param>
/// <param name="Leader">Whom it takes for the leader; zero for nobody.</param>
/// <param name="BeforeFirst">Where its log begins.</param>
/// <param name="Last">Where its log ends.</param>
/// <param name="Durable">Up to where its log is on disk.</param>
/// <param name="Commit">Up to where it knows entries to be committed.</param>
/// <param name="Applied">Up to where its state machine has applied them.</param>
/// <param name="Snapshot">The last entry that its newest snapshot stands for.</param>
internal readonly record struct MemberState(
    bool IsRunning, int Life, Role Role, long Term, ulong VotedFor, ulong Leader, LogPosition BeforeFirst, LogPosition Last, long Durable, long Commit,
    long Applied, long Snapshot)
{
    public static MemberState Of(SimulatedMember member) => member.Replica is { Algorithm: { } node } replica
        ? new MemberState(
            true, member.Life, node.Role, node.CurrentTerm, node.VotedFor.Value, node.LeaderId.Value, node.Log.BeforeFirst, node.LastLog, node.DurableIndex,
            node.CommitIndex, replica.AppliedIndex, node.Snapshot?.LastIncluded.Index ?? 0)
        : default;

    public void Write(Utf8JsonWriter json)
    {
        json.WriteNumber("life", Life);
        json.WriteString("role", Role.ToString());
        json.WriteNumber("term", Term);
        json.WriteNumber("voted_for", VotedFor);
        json.WriteNumber("leader", Leader);
        json.WriteString("before_first", BeforeFirst.ToString());
        json.WriteString("last", Last.ToString());
        json.WriteNumber("durable", Durable);
        json.WriteNumber("commit", Commit);
        json.WriteNumber("applied", Applied);
        json.WriteNumber("snapshot", Snapshot);
    }
}
