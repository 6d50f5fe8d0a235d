namespace Quorate.Replica;

/// <summary>
/// A command that a client of this member wants applied. Ends in exactly one call of <see cref="Completed"/>,
/// on the replica's loop, which must not block.
/// </summary>
public abstract class Proposal : ReplicaRequest
{
    /// <summary>Bytes in front of the payload that the replica fills in: who proposed, under which number.</summary>
    public const int HeaderLength = CommandHeader.Length;

    /// <summary>Creates a proposal.</summary>
    /// <param name="buffer">
    /// <see cref="HeaderLength"/> free bytes and then the payload. It belongs to the replica from now on: it becomes
    /// the entry of the log without being copied.
    /// </param>
    /// <param name="timeout">After this long its outcome is reported as unknown. It may still take effect.</param>
    protected Proposal(Memory<byte> buffer, TimeSpan timeout)
        : base(timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(buffer.Length, HeaderLength);
        Buffer = buffer;
    }

    /// <summary>Header and payload.</summary>
    internal Memory<byte> Buffer { get; }

    /// <summary>The number in its header, once it was given to a leader.</summary>
    internal ulong Number { get; set; }

    /// <summary>The only term whose leader may append it; zero until it was given to that leader.</summary>
    internal long Term { get; set; }

    /// <summary>
    /// Only where this is true may a follower pass the command on to the leader (spec W1); otherwise it answers
    /// <see cref="ProposalStatus.NotLeader"/>.
    /// </summary>
    public virtual bool MayForward => true;

    /// <summary>The proposal has ended.</summary>
    protected internal abstract void Completed(in ProposalOutcome outcome);
}
