using Quorate.Paxos.Messages;
using Quorate.Paxos.Records;
using Quorate.Raft;

namespace Quorate.Paxos;

/// <content>The proposer: phase 1(a), phase 2(a), and what it does when another is ahead of it.</content>
public sealed partial class PaxosNode
{
    /// <summary>How many rounds one record reserves: more than one life will use. Those left over cost nothing but numbers.</summary>
    private const long RoundsReservedAtOnce = 1_000_000;

    /// <summary>Failures after which the bound of the back-off is doubled no more.</summary>
    private const int DoublingsMax = 16;

    /// <summary>The same for the time that a ballot is given.</summary>
    private const int TimeoutDoublingsMax = 5;

    private readonly List<Value> _waiting = [];
    private readonly long _roundsOfEarlierLives;

    private Proposer? _proposer;

    /// <summary>The highest round seen in the instance that is being decided.</summary>
    private long _highestRound;

    private int _ticksWithoutMajority;
    private int _backOffTicksLeft;
    private int _failures;
    private int _ticksUndecided;
    private int _patienceTicks;

    /// <summary>The last round that it may use once <see cref="Written"/> says so.</summary>
    public long RoundsReserved { get; private set; }

    /// <summary>The attempt that is under way, to look at.</summary>
    public Proposer? Proposer => _proposer;

    /// <summary>Values that wait to be chosen, the first of them perhaps under way.</summary>
    public int WaitingCount => _waiting.Count;

    /// <summary>
    /// Proposes a value. It may be chosen, once, in any instance from now on; when it is, every member learns it from
    /// <see cref="PaxosOutput.Chosen"/>. Returns false if too many wait already, or nothing is left to decide.
    /// </summary>
    public bool Propose(Value value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (_waiting.Count >= _options.WaitingValuesMax || Learner.FirstUnknown > _options.InstancesMax)
        {
            return false;
        }

        _waiting.Add(value);
        ProposeNext();
        return true;
    }

    private void TickProposer()
    {
        if (_proposer is not null)
        {
            if (++_ticksWithoutMajority >= (long)_options.AnswerTimeoutTicks << Math.Min(_failures, TimeoutDoublingsMax))
            {
                Counters.TimedOut++;
                GiveUpBallot();
            }
        }
        else if (_backOffTicksLeft > 0)
        {
            if (--_backOffTicksLeft == 0)
            {
                ProposeNext();
            }
        }
        else
        {
            FinishForOthers();
        }
    }

    /// <summary>
    /// Proposes the first value that waits in the first instance that is open, unless it is at it, or backs off.
    /// </summary>
    private void ProposeNext()
    {
        if (_proposer is null && _backOffTicksLeft == 0 && _waiting.Count > 0 && Learner.FirstUnknown <= _options.InstancesMax)
        {
            Begin(_waiting[0]);
        }
    }

    /// <summary>Phase 1(a): a ballot above all that it has seen in this instance.</summary>
    private void Begin(Value wanted)
    {
        long instance = Learner.FirstUnknown;
        long round = Math.Max(_roundsOfEarlierLives, Math.Max(_highestRound, AcceptorOf(instance)?.Promised.Round ?? 0)) + 1;
        _highestRound = round;
        if (round > RoundsReserved)
        {
            RoundsReserved = round + RoundsReservedAtOnce;
            Write(new RoundsReservedRecord(RoundsReserved));
        }

        var ballot = new Ballot(round, Id);
        _proposer = new Proposer(instance, ballot, wanted, _options.Members.Length);
        _ticksWithoutMajority = 0;
        Counters.Ballots++;
        foreach (MemberId acceptor in _options.Members)
        {
            var prepare = new Prepare { From = Id, To = acceptor, Instance = instance, Ballot = ballot };
            if (round <= _durableRounds)
            {
                Send(prepare);
            }
            else
            {
                SendOnceDurable(prepare);
            }
        }
    }

    /// <summary>Phase 2(a) begins with the promise that makes a majority.</summary>
    private void Handle(Promise promise)
    {
        if (!IsAnswer(promise.Instance, promise.Ballot) || !_proposer!.PromisedBy(promise.From, promise.Accepted))
        {
            return;
        }

        _ticksWithoutMajority = 0;
        foreach (MemberId acceptor in _options.Members)
        {
            Send(new Accept { From = Id, To = acceptor, Instance = promise.Instance, Ballot = promise.Ballot, Value = _proposer.Value });
        }
    }

    /// <summary>The value is chosen with the acceptance that makes a majority; the proposer tells all learners (§2.3).</summary>
    private void Handle(Accepted accepted)
    {
        if (!IsAnswer(accepted.Instance, accepted.Ballot) || !_proposer!.AcceptedBy(accepted.From))
        {
            return;
        }

        Value value = _proposer.Value;
        foreach (MemberId learner in _options.Members)
        {
            if (learner != Id)
            {
                Tell(learner, accepted.Instance, value);
            }
        }

        Learn(accepted.Instance, value);
    }

    /// <summary>Another proposer is ahead: this ballot can hardly win any more.</summary>
    private void Handle(Rejected rejected)
    {
        if (!IsAnswer(rejected.Instance, rejected.Ballot))
        {
            return;
        }

        if (_proposer!.Phase == ProposerPhase.Preparing)
        {
            Counters.PreparesPreempted++;
        }
        else
        {
            Counters.AcceptsPreempted++;
        }

        _highestRound = Math.Max(_highestRound, rejected.Promised.Round);
        GiveUpBallot();
    }

    /// <summary>Whether it answers the ballot under way; all else is late, and means nothing any more.</summary>
    private bool IsAnswer(long instance, Ballot ballot) =>
        _proposer is not null && _proposer.Instance == instance && _proposer.Ballot == ballot;

    /// <summary>
    /// Lets others go first for a random while, longer with each failure: whoever comes back first is through before the
    /// next (§2.4 only asks for a distinguished proposer; this is the least that makes one appear for a moment).
    /// </summary>
    private void GiveUpBallot()
    {
        _proposer = null;
        int doublings = Math.Min(_failures++, DoublingsMax);
        if (_options.BackOffTicks == 0)
        {
            ProposeNext();
            return;
        }

        long bound = Math.Min(_options.BackOffTicksMax, (long)_options.BackOffTicks << doublings);
        _backOffTicksLeft = 1 + _random.Next((int)bound);
    }

    /// <summary>An instance is decided: whoever proposed in it goes on to the next.</summary>
    private void InstanceDecided(long instance, Value value)
    {
        _waiting.RemoveAll(waiting => waiting.Id == value.Id);
        if (Learner.FirstUnknown > _options.InstancesMax)
        {
            _waiting.Clear();
        }

        if (instance < Learner.FirstUnknown)
        {
            _highestRound = 0;
            _failures = 0;
            _ticksUndecided = 0;
        }

        if (_proposer?.Instance == instance)
        {
            Counters.SlotsTaken += _proposer.Wanted.Id == value.Id ? 0 : 1;
            _proposer = null;
        }

        ProposeNext();
    }

    /// <summary>
    /// A value that was accepted here is still not known to be chosen, and nobody seems to be at it: its proposer may be
    /// dead. Whoever wants to know then has a proposer issue a proposal (§2.3); here it is the acceptor's own member.
    /// </summary>
    private void FinishForOthers()
    {
        if (AcceptorOf(Learner.FirstUnknown)?.Accepted is not { } accepted)
        {
            _ticksUndecided = 0;
            return;
        }

        if (_ticksUndecided++ == 0)
        {
            _patienceTicks = _options.AnswerTimeoutTicks + _random.Next(4 * _options.AnswerTimeoutTicks);
        }

        if (_ticksUndecided > _patienceTicks)
        {
            _ticksUndecided = 0;
            Begin(accepted.Value);
        }
    }
}
