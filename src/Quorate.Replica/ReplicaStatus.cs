using System.Collections.Immutable;
using System.Globalization;
using Quorate.Raft;

namespace Quorate.Replica;

/// <summary>A picture of a replica between two events.</summary>
public sealed record ReplicaStatus
{
    /// <summary>This member.</summary>
    public required MemberId Id { get; init; }

    /// <summary>The part it plays.</summary>
    public required Role Role { get; init; }

    /// <summary>Its term.</summary>
    public required long Term { get; init; }

    /// <summary>Who leads, as far as it knows.</summary>
    public required MemberId LeaderId { get; init; }

    /// <summary>Last index in its log.</summary>
    public required long LastIndex { get; init; }

    /// <summary>Committed index.</summary>
    public required long CommitIndex { get; init; }

    /// <summary>Applied index.</summary>
    public required long AppliedIndex { get; init; }

    /// <summary>
    /// Whether it has applied, since it was started, all that it can have applied before: a start begins with the newest snapshot, and
    /// how much of the log behind it is committed, only a leader can tell. Once true it stays so.
    /// </summary>
    public bool HasCaughtUp { get; init; } = true;

    /// <summary>Last index of its newest snapshot; zero without one.</summary>
    public required long SnapshotIndex { get; init; }

    /// <summary>Who is in the cluster.</summary>
    public required Configuration Configuration { get; init; }

    /// <summary>As the leader: how far each other member is; otherwise empty.</summary>
    public ImmutableArray<FollowerStatus> Followers { get; init; } = [];

    /// <summary>Bytes of log segments on disk.</summary>
    public long LogBytes { get; init; }

    /// <summary>Elections this replica has started since it was started.</summary>
    public long ElectionsStarted { get; init; }

    /// <summary>Changes of leader seen since it was started.</summary>
    public long LeaderChanges { get; init; }

    /// <summary>Proposals that wait for their outcome.</summary>
    public int PendingProposals { get; init; }

    /// <summary>Why it has stopped for good (a disk error, say); null while it runs.</summary>
    public string? Failure { get; init; }

    /// <summary>The part it plays and how far it is in one line, for logs.</summary>
    public override string ToString()
    {
        string leader = LeaderId == Id ? string.Empty : LeaderId.IsNone ? ", no leader" : $", leader {LeaderId}";
        string failure = Failure is null ? string.Empty : $", stopped for good: {Failure.ReplaceLineEndings(" ")}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"member {Id}: {Role} in term {Term}{leader}, last index {LastIndex}, committed {CommitIndex}, applied {AppliedIndex}{failure}");
    }
}
