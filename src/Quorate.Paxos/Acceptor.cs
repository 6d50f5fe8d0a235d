namespace Quorate.Paxos;

/// <summary>
/// The acceptor of one instance ("Paxos Made Simple" §2.2). Its two fields are all that a majority must never forget:
/// what they say has to be on disk before the answer that tells it leaves.
/// </summary>
public sealed class Acceptor
{
    /// <summary>The highest ballot it has answered. Only grows.</summary>
    public Ballot Promised { get; private set; }

    /// <summary>The proposal with the highest ballot that it has accepted; its ballot is at most <see cref="Promised"/>.</summary>
    public AcceptedProposal? Accepted { get; private set; }

    /// <summary>
    /// Phase 1(b). Granted, it is a promise to accept nothing below that ballot any more; the answer carries
    /// <see cref="Accepted"/>. Asked again with the ballot that it has promised to, it promises again: the answer may
    /// have been lost.
    /// </summary>
    public bool Prepare(Ballot ballot)
    {
        if (ballot < Promised)
        {
            return false;
        }

        Promised = ballot;
        return true;
    }

    /// <summary>
    /// Phase 2(b). It accepts a proposal unless it has promised a higher ballot (P1a).
    /// </summary>
    /// <exception cref="PaxosInvariantException">A proposal of that number with another value was accepted before.</exception>
    public bool Accept(Ballot ballot, Value value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (ballot < Promised)
        {
            return false;
        }

        if (Accepted is { } earlier && earlier.Ballot == ballot && !earlier.Value.Equals(value))
        {
            throw new PaxosInvariantException($"ballot {ballot} was issued with {earlier.Value} and with {value}");
        }

        Promised = ballot;
        Accepted = new AcceptedProposal(ballot, value);
        return true;
    }
}
