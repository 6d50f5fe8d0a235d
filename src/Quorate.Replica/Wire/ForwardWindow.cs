namespace Quorate.Replica.Wire;

/// <summary>
/// Which forwards of one sender the leader has already seen in its present term, so that a frame that the network
/// repeats is taken once.
/// </summary>
/// <remarks>
/// No replicated state is needed for that. A forward names the term whose leader it is for. A term has one leader
/// (spec R4), and that leader leads it without a restart, since a restarted server is a follower; so whoever may accept the
/// forward remembers, in memory, whether it did. The sender never sends it a second time, to anyone.
/// </remarks>
internal sealed class ForwardWindow
{
    /// <summary>Frames that may overtake each other; an older one is taken for seen, which is safe: its fate stays unknown.</summary>
    public const int FramesMax = 4096;

    private readonly ulong[] _seen = new ulong[FramesMax / 64];
    private ulong _newest;

    /// <summary>Marks a frame as seen; false when it was, or is too old to tell.</summary>
    public bool TryEnter(ulong sequence)
    {
#if QUORATE_MUTANTS
        if (Raft.Mutants.Is(Raft.Mutant.ForwardTakenTwice))
        {
            return true;
        }
#endif
        if (sequence > _newest)
        {
            ulong skipped = sequence - _newest;
            if (skipped >= FramesMax)
            {
                Array.Clear(_seen);
            }
            else
            {
                for (ulong next = _newest + 1; next < sequence; next++)
                {
                    Bit(next) &= ~Mask(next);
                }
            }

            _newest = sequence;
            Bit(sequence) |= Mask(sequence);
            return true;
        }

        if (_newest - sequence >= FramesMax || (Bit(sequence) & Mask(sequence)) != 0)
        {
            return false;
        }

        Bit(sequence) |= Mask(sequence);
        return true;
    }

    private ref ulong Bit(ulong sequence) => ref _seen[(int)(sequence % FramesMax / 64)];

    private static ulong Mask(ulong sequence) => 1UL << (int)(sequence % 64);
}
