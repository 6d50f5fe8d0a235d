using Quorate.Raft;

namespace Quorate.Paxos;

/// <summary>
/// A proposer in one instance with one ballot ("Paxos Made Simple" §2.2). To try again is a new object with a higher
/// ballot, so nothing that was said to an earlier attempt can be counted for a later one.
/// </summary>
public sealed class Proposer
{
    private readonly int _majority;
    private readonly SortedSet<MemberId> _promises = [];
    private readonly SortedSet<MemberId> _acceptances = [];
    private AcceptedProposal? _highest;

    /// <summary>Begins phase 1.</summary>
    /// <param name="instance">The decision that it takes part in.</param>
    /// <param name="ballot">Its number, never used before, not even before a restart.</param>
    /// <param name="wanted">What it proposes if it is free to.</param>
    /// <param name="members">How many acceptors there are.</param>
    public Proposer(long instance, Ballot ballot, Value wanted, int members)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        Instance = instance;
        Ballot = ballot;
        Wanted = wanted;
        Value = wanted;
        _majority = (members / 2) + 1;
    }

    /// <summary>The decision that it takes part in.</summary>
    public long Instance { get; }

    /// <summary>Its number.</summary>
    public Ballot Ballot { get; }

    /// <summary>How far it is.</summary>
    public ProposerPhase Phase { get; private set; }

    /// <summary>What it would propose if it were free to.</summary>
    public Value Wanted { get; }

    /// <summary>What it proposes: fixed once phase 2 begins.</summary>
    public Value Value { get; private set; }

    /// <summary>
    /// An acceptor has promised. Returns true when that made a majority: now <see cref="Value"/> is fixed, and phase 2(a) begins.
    /// </summary>
    /// <remarks>
    /// P2c, on which everything rests: the value is that of the highest-numbered proposal which this majority has
    /// accepted, and the proposer's own only if it has accepted none. If some value was chosen with a lower ballot, a
    /// majority accepted it, any two majorities share a member, and so it is found here.
    /// </remarks>
    public bool PromisedBy(MemberId acceptor, AcceptedProposal? accepted)
    {
        if (Phase != ProposerPhase.Preparing || !_promises.Add(acceptor))
        {
            return false;
        }

        if (accepted is not null && (_highest is null || accepted.Ballot > _highest.Ballot))
        {
            _highest = accepted;
        }

        if (_promises.Count < _majority)
        {
            return false;
        }

        Phase = ProposerPhase.Accepting;
        Value = _highest?.Value ?? Value;
        return true;
    }

    /// <summary>An acceptor has accepted. Returns true when that made a majority: the value is chosen.</summary>
    public bool AcceptedBy(MemberId acceptor)
    {
        if (Phase != ProposerPhase.Accepting || !_acceptances.Add(acceptor) || _acceptances.Count < _majority)
        {
            return false;
        }

        Phase = ProposerPhase.Chosen;
        return true;
    }
}
