namespace Quorate.Raft;

/// <summary>A snapshot on its way to one follower, one chunk at a time (paper figure 13, spec S2).</summary>
internal sealed class SnapshotTransfer(SnapshotMetadata snapshot, int chunkBytesMax)
{
    private int _unansweredHeartbeats;
    private bool _heardSinceSent;

    public SnapshotMetadata Snapshot { get; } = snapshot;

    /// <summary>Where the chunk that is out, or to be sent next, begins.</summary>
    public long Offset { get; private set; }

    /// <summary>Whether a chunk is out and unanswered.</summary>
    public bool IsOutstanding { get; private set; }

    /// <summary>
    /// Length of the chunk. Zero at the end: then only the follower's word that it is installed is missing, and the empty
    /// last chunk asks for it.
    /// </summary>
    public int ChunkLength => (int)Math.Min(chunkBytesMax, Snapshot.Length - Offset);

    public void Sent()
    {
        IsOutstanding = true;
        _unansweredHeartbeats = 0;
        _heardSinceSent = false;
    }

    /// <summary>The follower says from where it wants to go on. The answer to an earlier copy of this chunk's request says nothing new.</summary>
    public void Answered(long nextOffset)
    {
        if (nextOffset == Offset || nextOffset < 0 || nextOffset > Snapshot.Length)
        {
            return;
        }

        Offset = nextOffset;

        // All bytes are there: what is awaited is the installation, which the follower reports by itself.
        IsOutstanding = nextOffset == Snapshot.Length;
        _unansweredHeartbeats = 0;
    }

    /// <summary>Any sign of life of the follower.</summary>
    public void Heard() => _heardSinceSent = true;

    /// <summary>
    /// A heartbeat interval has passed; returns whether to send the chunk again: only to a follower that lives, since a chunk is
    /// large, and not before it had an interval to put it aside.
    /// </summary>
    public bool HeartbeatAndIsResendDue()
    {
        if (!IsOutstanding || !_heardSinceSent)
        {
            return false;
        }

        _unansweredHeartbeats++;
        return _unansweredHeartbeats >= 2;
    }
}
