namespace Quorate.Replica.Requests;

/// <summary>
/// The proposals of this member's clients, from arrival to outcome. A proposal first waits until a leader is known;
/// then it is given, once and for all, to the leader of one term (appended here or forwarded), and its fate is read off
/// what this member applies.
/// </summary>
/// <remarks>
/// Only the leader of <see cref="Proposal.Term"/> may append it, and the terms of a log never fall. So:
/// <list type="bullet">
/// <item>an applied entry with its number is it, wherever and by whomever it was appended;</item>
/// <item>once an entry of a later term is applied, what has not been applied by then never will be;</item>
/// <item>in between nobody knows, so a timeout says just that (spec W2).</item>
/// </list>
/// A client is answered once its write is applied (spec C4): by the member that took it, which need not be the leader. A
/// linearizable read anywhere waits for the commit index of a leader that has this entry committed, and a local read at
/// the answering member already sees it.
/// </remarks>
internal sealed class ProposalTable(ReplicaOptions options, DeadlineWheel wheel, CompletionQueue completions)
{
    private readonly RequestList _waiting = new();

    /// <summary>Given to a leader; terms never fall from first to last.</summary>
    private readonly RequestList _withLeader = new();

    /// <summary>The same by number. Only looked up, never walked: its order is not deterministic.</summary>
    private readonly Dictionary<ulong, Proposal> _byNumber = [];

    private long _bytes;

    public int Count => _waiting.Count + _withLeader.Count;

    /// <summary>The next that waits for a leader.</summary>
    public Proposal? FirstWaiting => (Proposal?)_waiting.First;

    /// <summary>Takes a proposal in, or refuses it when the table is full.</summary>
    public void Add(Proposal proposal, TimeSpan now)
    {
        if (proposal.Buffer.Length > options.CommandBytesMax)
        {
            completions.End(proposal, new ProposalOutcome(ProposalStatus.TooLarge));
            return;
        }

        if (Count >= options.PendingProposalsMax || _bytes + proposal.Buffer.Length > options.PendingProposalBytesMax)
        {
            completions.End(proposal, new ProposalOutcome(ProposalStatus.Overloaded));
            return;
        }

        proposal.Deadline = DeadlineWheel.DeadlineAfter(now, proposal.Timeout);
        TimeSpan leaderDeadline = now + options.LeaderWait;
        wheel.Set(proposal, leaderDeadline < proposal.Deadline ? leaderDeadline : proposal.Deadline);
        _bytes += proposal.Buffer.Length;
        _waiting.Add(proposal);
    }

    /// <summary>The leader of a term has it, this member or another: from now on its fate is that of its entry.</summary>
    public void GivenToLeader(Proposal proposal, ulong number, long term)
    {
        _waiting.Remove(proposal);
        proposal.Number = number;
        proposal.Term = term;
        _withLeader.Add(proposal);
        _byNumber.Add(number, proposal);
        wheel.Set(proposal, proposal.Deadline);
    }

    /// <summary>Finds the proposal of an applied or refused command, if its client still waits.</summary>
    public Proposal? Find(ulong number) => _byNumber.GetValueOrDefault(number);

    /// <summary>Ends one.</summary>
    public void End(Proposal proposal, in ProposalOutcome outcome)
    {
        proposal.Queue.List?.Remove(proposal);
        DeadlineWheel.Remove(proposal);
        if (proposal.Term != 0)
        {
            _byNumber.Remove(proposal.Number);
        }

        _bytes -= proposal.Buffer.Length;
        completions.End(proposal, outcome);
    }

    /// <summary>An entry of <paramref name="term"/> is being applied: what an earlier leader was to append was not, and never is.</summary>
    public void TermApplied(long term)
    {
        while (_withLeader.First is Proposal proposal && proposal.Term < term)
        {
            End(proposal, new ProposalOutcome(ProposalStatus.Superseded));
        }
    }

    /// <summary>A snapshot took the place of entries that were not applied one by one: what was among them is not known.</summary>
    public void EntriesSkipped()
    {
        while (_withLeader.First is Proposal proposal)
        {
            End(proposal, new ProposalOutcome(ProposalStatus.Unknown));
        }
    }

    /// <summary>Its time is over.</summary>
    public void Expired(Proposal proposal) =>
        End(proposal, new ProposalOutcome(proposal.Term == 0 ? ProposalStatus.NoLeader : ProposalStatus.Unknown));

    /// <summary>Ends all.</summary>
    public void EndAll(ProposalStatus status)
    {
        while (_withLeader.First is Proposal proposal)
        {
            End(proposal, new ProposalOutcome(status));
        }

        while (FirstWaiting is { } proposal)
        {
            End(proposal, new ProposalOutcome(ProposalStatus.Stopping));
        }
    }
}
