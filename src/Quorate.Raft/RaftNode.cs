using Quorate.Raft.Messages;

namespace Quorate.Raft;

/// <summary>
/// The Raft consensus algorithm of one server, as pure state: events go in, a <see cref="RaftOutput"/> comes out.
/// </summary>
public sealed class RaftNode
{
    /// <summary>Starts a server, as a follower, from what is on its disk.</summary>
    public RaftNode(RaftOptions options, RestoredState restored) => throw new NotImplementedException();

    /// <summary>This server.</summary>
    public MemberId Id => throw new NotImplementedException();

    /// <summary>The part it plays.</summary>
    public Role Role => throw new NotImplementedException();

    /// <summary>Latest term seen.</summary>
    public long CurrentTerm => throw new NotImplementedException();

    /// <summary>Who has its vote in <see cref="CurrentTerm"/>.</summary>
    public MemberId VotedFor => throw new NotImplementedException();

    /// <summary>The leader of <see cref="CurrentTerm"/>, where known.</summary>
    public MemberId LeaderId => throw new NotImplementedException();

    /// <summary>Index of the highest entry known to be committed.</summary>
    public long CommitIndex => throw new NotImplementedException();

    /// <summary>The last entry of its log.</summary>
    public LogPosition LastLog => throw new NotImplementedException();

    /// <summary>The configuration in effect: the latest in the log, committed or not (paper §6).</summary>
    public Configuration Configuration => throw new NotImplementedException();

    /// <summary>The newest snapshot.</summary>
    public SnapshotMetadata? Snapshot => throw new NotImplementedException();

    /// <summary>One tick of time has passed.</summary>
    public void Tick() => throw new NotImplementedException();

    /// <summary>A message has arrived.</summary>
    public void Step(Message message) => throw new NotImplementedException();

    /// <summary>Asks the leader, if this is it, to append a command.</summary>
    public ProposeResult Propose(ReadOnlyMemory<byte> command) => throw new NotImplementedException();

    /// <summary>
    /// Asks for an index at which local state is linearizable (thesis §6.4). Answered in <see cref="RaftOutput.Reads"/>,
    /// in bounded time. The host gives one id to all reads that it has at hand.
    /// </summary>
    public void RequestRead(long readId) => throw new NotImplementedException();

    /// <summary>Asks the leader, if this is it, to hand over (thesis §3.10).</summary>
    public TransferStatus TransferLeadership(MemberId target) => throw new NotImplementedException();

    /// <summary>A write batch is flushed; <paramref name="mark"/> is the <see cref="RaftOutput.Mark"/> it came with.</summary>
    public void Written(WriteMark mark) => throw new NotImplementedException();

    /// <summary>A chunk is stored; the follower now has the snapshot's bytes before <paramref name="nextOffset"/>.</summary>
    public void SnapshotChunkStored(SnapshotChunk chunk, long nextOffset) => throw new NotImplementedException();

    /// <summary>A whole received snapshot is durable and its state loaded.</summary>
    public void SnapshotInstalled(SnapshotMetadata snapshot) => throw new NotImplementedException();

    /// <summary>
    /// A snapshot of this server's own state is durable: the log may be cut up to <paramref name="firstIndexKept"/>,
    /// which is at most one after the snapshot's last entry; earlier entries are kept for followers that lag a little.
    /// </summary>
    public void Compact(SnapshotMetadata snapshot, long firstIndexKept) => throw new NotImplementedException();

    /// <summary>What there is to do; valid until the next call of this method.</summary>
    public RaftOutput TakeOutput() => throw new NotImplementedException();
}
