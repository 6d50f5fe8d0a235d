using Quorate.Paxos.Messages;
using Quorate.Paxos.Records;
using Quorate.Raft;

namespace Quorate.Paxos;

/// <summary>
/// One member of a group that decides a sequence of values with Paxos ("Paxos Made Simple", Lamport 2001), as pure state:
/// events go in, a <see cref="PaxosOutput"/> comes out.
/// </summary>
/// <remarks>
/// <para>Each instance is a decision of its own: §2's single-decree Paxos, by <see cref="Acceptor"/>, <see cref="Proposer"/>
/// and <see cref="Learner"/>. This class strings instances together. Nobody leads: any member proposes, in the first
/// instance whose value it does not know, and where it finds that slot taken, it tries the next. So no instance is ever
/// left out, and no value is needed that fills a gap. (§3 has a distinguished proposer instead, which runs phase 1 once for
/// all instances; that is half way to Raft, and not what is to be compared with it here.)</para>
/// <para>This file has the state, time and the receivers of messages; <c>.Proposing</c> what a proposer does;
/// <c>.Output</c> what leaves, and when.</para>
/// <para>Not for several threads. A violated invariant throws <see cref="PaxosInvariantException"/>; the host then stops
/// the member.</para>
/// </remarks>
public sealed partial class PaxosNode
{
    private readonly PaxosOptions _options;
    private readonly SeededRandom _random;

    /// <summary>Acceptors of instances whose value is not known here. That of a chosen value has nothing left to decide.</summary>
    private readonly SortedDictionary<long, Acceptor> _acceptors = [];

    private int _ticksUntilLearn;
    private int _nextToAsk;

    /// <summary>Starts a member from its records, in the order in which it wrote them.</summary>
    public PaxosNode(PaxosOptions options, IEnumerable<StableRecord> records)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(records);
        options.Validate();
        _options = options;
        _random = new SeededRandom(options.Seed);
        foreach (StableRecord record in records)
        {
            Restore(record);
        }

        // A ballot of an earlier life may still be under way: none of its rounds is used again.
        _roundsOfEarlierLives = _durableRounds = RoundsReserved;
        _ticksUntilLearn = 1 + _random.Next(_options.LearnIntervalTicks);
        _nextToAsk = _random.Next(_options.Members.Length);
    }

    /// <summary>This member.</summary>
    public MemberId Id => _options.Id;

    /// <summary>What it knows to be chosen.</summary>
    public Learner Learner { get; } = new();

    /// <summary>What its proposer has gone through.</summary>
    public PaxosCounters Counters { get; } = new();

    /// <summary>What its acceptor of an instance has promised and accepted, to look at; null if nothing, or if the value is known.</summary>
    public Acceptor? AcceptorOf(long instance) => _acceptors.GetValueOrDefault(instance);

    /// <summary>One tick of time has passed.</summary>
    public void Tick()
    {
        TickProposer();
        if (--_ticksUntilLearn <= 0)
        {
            _ticksUntilLearn = _options.LearnIntervalTicks;
            AskNext();
        }
    }

    /// <summary>A message has arrived. Messages may be lost, repeated, delayed and reordered.</summary>
    public void Step(PaxosMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.To != Id || message.Instance < 1 || message.Instance - 1 > _options.InstancesMax || !_options.Members.Contains(message.From))
        {
            return;
        }

        switch (message)
        {
            case Prepare prepare:
                Handle(prepare);
                break;
            case Promise promise:
                Handle(promise);
                break;
            case Accept accept:
                Handle(accept);
                break;
            case Accepted accepted:
                Handle(accepted);
                break;
            case Rejected rejected:
                Handle(rejected);
                break;
            case Chosen chosen:
                Learn(chosen.Instance, chosen.Value);
                break;
            case Messages.Learn learn:
                Handle(learn);
                break;
        }
    }

    /// <summary>Phase 1(b).</summary>
    private void Handle(Prepare prepare)
    {
        if (TellIfChosen(prepare))
        {
            return;
        }

        Acceptor acceptor = AcceptorFor(prepare.Instance);
        Ballot before = acceptor.Promised;
        if (!acceptor.Prepare(prepare.Ballot))
        {
            Reject(prepare, prepare.Ballot, acceptor);
            return;
        }

        if (before != prepare.Ballot)
        {
            Write(new PromisedRecord(prepare.Instance, prepare.Ballot));
        }

        SendOnceDurable(new Promise
        {
            From = Id,
            To = prepare.From,
            Instance = prepare.Instance,
            Ballot = prepare.Ballot,
            Accepted = acceptor.Accepted,
        });
    }

    /// <summary>Phase 2(b).</summary>
    private void Handle(Accept accept)
    {
        if (TellIfChosen(accept))
        {
            return;
        }

        Acceptor acceptor = AcceptorFor(accept.Instance);
        Ballot? before = acceptor.Accepted?.Ballot;
        if (!acceptor.Accept(accept.Ballot, accept.Value))
        {
            Reject(accept, accept.Ballot, acceptor);
            return;
        }

        if (before != accept.Ballot)
        {
            Write(new AcceptedRecord(accept.Instance, acceptor.Accepted!));
        }

        SendOnceDurable(new Accepted { From = Id, To = accept.From, Instance = accept.Instance, Ballot = accept.Ballot });
    }

    private void Handle(Messages.Learn learn)
    {
        long count = Math.Min(Learner.FirstUnknown - learn.Instance, _options.LearnValuesMax);
        for (long instance = learn.Instance; instance < learn.Instance + count; instance++)
        {
            Tell(learn.From, instance, Learner.ValueOf(instance)!);
        }

        if (learn.Instance > Learner.FirstUnknown)
        {
            Ask(learn.From);
        }
    }

    /// <summary>Who still tries to decide what is decided is told the result: nothing else could come of it.</summary>
    private bool TellIfChosen(PaxosMessage message)
    {
        if (Learner.ValueOf(message.Instance) is not { } value)
        {
            return false;
        }

        if (message.From != Id)
        {
            Tell(message.From, message.Instance, value);
        }

        return true;
    }

    private void Tell(MemberId to, long instance, Value value) =>
        Send(new Chosen { From = Id, To = to, Instance = instance, Value = value });

    private void Reject(PaxosMessage message, Ballot ballot, Acceptor acceptor) => Send(new Rejected
    {
        From = Id,
        To = message.From,
        Instance = message.Instance,
        Ballot = ballot,
        Promised = acceptor.Promised,
    });

    /// <summary>A value is chosen, as a majority or another learner says.</summary>
    private void Learn(long instance, Value value)
    {
        long first = Learner.FirstUnknown;
        if (!Learner.Learn(instance, value))
        {
            return;
        }

        _acceptors.Remove(instance);
        WriteLater(new ChosenRecord(instance, value));
        for (long known = first; known < Learner.FirstUnknown; known++)
        {
            _pending.Chosen.Add((known, Learner.ValueOf(known)!));
        }

        InstanceDecided(instance, value);
    }

    /// <summary>Asks the others in turn what they know to be chosen: the news of it may have been lost.</summary>
    private void AskNext()
    {
        if (_options.Members.Length == 1)
        {
            return;
        }

        do
        {
            _nextToAsk = (_nextToAsk + 1) % _options.Members.Length;
        }
        while (_options.Members[_nextToAsk] == Id);

        Ask(_options.Members[_nextToAsk]);
    }

    private void Ask(MemberId member) => Send(new Messages.Learn { From = Id, To = member, Instance = Learner.FirstUnknown });

    private Acceptor AcceptorFor(long instance)
    {
        if (!_acceptors.TryGetValue(instance, out Acceptor? acceptor))
        {
            acceptor = new Acceptor();
            _acceptors.Add(instance, acceptor);
        }

        return acceptor;
    }

    private void Restore(StableRecord record)
    {
        switch (record)
        {
            case PromisedRecord promised when Learner.ValueOf(promised.Instance) is null:
                AcceptorFor(promised.Instance).Prepare(promised.Ballot);
                break;
            case AcceptedRecord accepted when Learner.ValueOf(accepted.Instance) is null:
                if (!AcceptorFor(accepted.Instance).Accept(accepted.Proposal.Ballot, accepted.Proposal.Value))
                {
                    throw new PaxosInvariantException($"the records of instance {accepted.Instance} are not in the order in which they were written");
                }

                break;
            case ChosenRecord chosen:
                Learner.Learn(chosen.Instance, chosen.Value);
                _acceptors.Remove(chosen.Instance);
                break;
            case RoundsReservedRecord reserved:
                RoundsReserved = Math.Max(RoundsReserved, reserved.Round);
                break;
        }
    }
}
