using Google.Protobuf;
using Quorate.Etcd;
using Quorate.Etcd.Protocol;
using Quorate.Raft;
using Quorate.Replica;
using Quorate.Simulation.Histories;

namespace Quorate.Simulation.Workloads;

/// <summary>
/// A client of the simulated cluster: asks one thing after the other of a member, mostly the same, and goes to another when
/// nothing comes back. What is lost on the way, in either direction, it never hears of.
/// </summary>
internal sealed class KeyValueClient
{
    private static readonly TimeSpan s_wayMin = TimeSpan.FromMicroseconds(100);
    private static readonly TimeSpan s_wayMax = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_noMemberPause = TimeSpan.FromMilliseconds(200);

    private readonly int _number;
    private readonly KeyValueWorkload _workload;
    private readonly SimulatedWorld _world;
    private readonly SeededRandom _random;
    private readonly KeyValueRequestSource _requests;
    private readonly TimeSpan _thinkMax;
    private SimulatedMember _member;
    private Operation? _pending;
    private long _seenRevision = 1;

    /// <summary>What a bounded read may ask for: a state that some member had, and the revision it was at.</summary>
    private (long Index, long Revision) _token;

    public KeyValueClient(int number, KeyValueWorkload workload, SimulatedWorld world, SeededRandom random)
    {
        _number = number;
        _workload = workload;
        _world = world;
        _random = random;
        _requests = new KeyValueRequestSource(number, workload.Options, random.Fork());
        _thinkMax = TimeSpan.FromSeconds(2.0 * workload.Options.Clients / workload.Options.RequestsPerSecond);
        _member = world.Members[number % world.Members.Count];
    }

    public bool IsIdle => _pending is null;

    /// <summary>Thinks for a while, then asks.</summary>
    public void Think() => _world.After(_random.NextDelay(TimeSpan.Zero, _thinkMax), Ask);

    private void Ask()
    {
        if (_workload.HasEnded)
        {
            return;
        }

        if (!_member.IsRunning || _random.Next(8) == 0)
        {
            _member = _world.Members[_random.Next(_world.Members.Count)];
        }

        if (!_member.IsRunning)
        {
            // The connection is refused; nothing was asked.
            _world.After(s_noMemberPause, Ask);
            return;
        }

        IMessage request = _requests.Next(_seenRevision);
        ReadConsistency consistency = request is RangeRequest range ? ConsistencyOf(range) : ReadConsistency.Linearizable;
        Operation operation = _workload.History.Invoke(
            _number, _member.Id, _member.Life, request, _world.Now, consistency, consistency == ReadConsistency.Bounded ? _token.Revision : 0);
        _pending = operation;
        _world.Tracer?.Asked(operation.Number, _number, _member.Id, operation.RequestText);
        SimulatedMember member = _member;
        int life = member.Life;
        long tokenIndex = _token.Index;
        if (!IsLost())
        {
            _world.Plan(Way(), EventKind.Request, member.Id.Value, (ulong)_number, () => Arrive(operation, member, life, tokenIndex));
        }

        _world.After(_workload.Options.Patience, () => GiveUp(operation));
    }

    private ReadConsistency ConsistencyOf(RangeRequest request)
    {
        switch (_random.Next(6))
        {
            case 0:
                request.Serializable = true;
                return ReadConsistency.Local;
            case 1 when _token.Index > 0:
                request.Serializable = true;
                return ReadConsistency.Bounded;
            default:
                return ReadConsistency.Linearizable;
        }
    }

    private void Arrive(Operation operation, SimulatedMember member, int life, long tokenIndex)
    {
        if (member.Life != life || _workload.FrontOf(member) is not { } front)
        {
            GiveUp(operation);
            return;
        }

        KeyValueCalls calls = new(
            front,
            _workload.Options.Patience,
            response =>
            {
                // Now: by the time the answer arrives the member may be in its next life, with less applied.
                (long Index, long Revision) token = (member.Replica?.AppliedIndex ?? 0, response.Header!.Revision);
                Return(operation, () => Answered(operation, response, token));
            },
            error => Return(operation, () => Failed(operation, error)));
        if (operation.Consistency == ReadConsistency.Bounded)
        {
            member.OnLoop(() => member.Replica!.Read(new BoundedRead(tokenIndex, _workload.Options.Patience, outcome =>
            {
                if (outcome == ReadOutcome.Ready)
                {
                    calls.Call(operation.Request);
                }
                else
                {
                    Return(operation, () => Failed(operation, EtcdError.Timeout));
                }
            })));
        }
        else
        {
            calls.Call(operation.Request);
        }
    }

    /// <summary>The answer goes its way.</summary>
    private void Return(Operation operation, Action arrive)
    {
        if (!IsLost())
        {
            _world.After(Way(), () =>
            {
                if (ReferenceEquals(_pending, operation))
                {
                    arrive();
                }
            });
        }
    }

    private void Answered(Operation operation, IEtcdResponse response, (long Index, long Revision) token)
    {
        _workload.Answered(operation, response);
        _world.Tracer?.Answered(operation.Number, _number, "answered", operation.OutcomeText);
        _seenRevision = Math.Max(_seenRevision, response.Header!.Revision);
        _token = token;
        GoOn();
    }

    private void Failed(Operation operation, EtcdError error)
    {
        _workload.History.Failed(operation, error, _world.Now);
        _world.Tracer?.Answered(operation.Number, _number, error.MayHaveTakenEffect ? "unknown" : "refused", operation.OutcomeText);
        _member = _world.Members[_random.Next(_world.Members.Count)];
        GoOn();
    }

    /// <summary>Nothing has come back, or the connection is broken: the outcome stays open.</summary>
    private void GiveUp(Operation operation)
    {
        if (ReferenceEquals(_pending, operation))
        {
            _world.Tracer?.Answered(operation.Number, _number, "given-up");
            _member = _world.Members[_random.Next(_world.Members.Count)];
            GoOn();
        }
    }

    private void GoOn()
    {
        _pending = null;
        Think();
    }

    private bool IsLost() => _workload.LosesMessages && _random.Next(1000) < _workload.Options.LossPerMille;

    private TimeSpan Way() => _random.NextDelay(s_wayMin, s_wayMax);
}
