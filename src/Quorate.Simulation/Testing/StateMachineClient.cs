using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Simulation.Testing;

/// <summary>
/// Proposes one command after the other, mostly at the same member, and goes to another when nothing good comes back.
/// What is lost on the way, in either direction, it never hears of.
/// </summary>
internal sealed class StateMachineClient
{
    /// <summary>Chance, out of a thousand, that a proposal or its answer is lost between client and member while faults last.</summary>
    private const int LossPerMille = 20;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_wayMin = TimeSpan.FromMicroseconds(100);
    private static readonly TimeSpan s_wayMax = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_noMemberPause = TimeSpan.FromMilliseconds(200);

    private readonly int _client;
    private readonly IClientSide _side;
    private readonly SimulatedWorld _world;
    private readonly SeededRandom _random;
    private readonly SeededRandom _choices;
    private readonly TimeSpan _thinkMax;
    private SimulatedMember _member;
    private ClientOperation? _pending;
    private ClientOperation? _previous;
    private long _proposed;

    public StateMachineClient(int client, IClientSide side, SimulatedWorld world, SeededRandom random, TimeSpan thinkMax)
    {
        _client = client;
        _side = side;
        _world = world;
        _random = random;
        _choices = random.Fork();
        _thinkMax = thinkMax;
        _member = world.Members[client % world.Members.Count];
    }

    public bool IsIdle => _pending is null;

    public void Think() => _world.After(_random.NextDelay(TimeSpan.Zero, _thinkMax), Propose);

    private void Propose()
    {
        if (_side.HasEnded)
        {
            return;
        }

        if (!_member.IsRunning || _random.Next(8) == 0)
        {
            _member = AnyMember();
        }

        if (!_member.IsRunning)
        {
            // The connection is refused; nothing was proposed.
            _world.After(s_noMemberPause, Propose);
            return;
        }

        ReadOnlyMemory<byte> command = _side.Next(new ClientTurn(_client, ++_proposed, _choices, _previous));
        var operation = new ClientOperation(_client, _proposed, _member.Id, command, _world.Now);
        long request = _side.Proposed(operation);
        _pending = _previous = operation;
        _world.Tracer?.Asked(request, _client, _member.Id, _side.TextOf(command));
        SimulatedMember member = _member;
        int life = member.Life;
        if (!IsLost())
        {
            _world.Plan(Way(), EventKind.Request, member.Id.Value, (ulong)_client, () => Arrive(operation, request, member, life));
        }

        _world.After(s_patience, () => GiveUp(operation, request));
    }

    private void Arrive(ClientOperation operation, long request, SimulatedMember member, int life)
    {
        if (!member.IsInLife(life))
        {
            GiveUp(operation, request);
            return;
        }

        ReplicaNode replica = member.Replica!;
        member.OnLoop(() => replica.Propose(ClientProposal.Of(operation.Command, s_patience, outcome => Return(operation, request, outcome))));
    }

    /// <summary>The answer goes its way.</summary>
    private void Return(ClientOperation operation, long request, ProposalOutcome outcome)
    {
        if (IsLost())
        {
            return;
        }

        _world.After(Way(), () =>
        {
            if (!ReferenceEquals(_pending, operation))
            {
                return;
            }

            operation.Returned(outcome, _world.Now);
            _world.Tracer?.Answered(
                request, _client, operation.IsApplied ? "answered" : operation.IsUnknown ? "unknown" : "refused", operation.ToString());
            _side.Returned(operation);
            if (!operation.IsApplied)
            {
                _member = AnyMember();
            }

            GoOn();
        });
    }

    /// <summary>Nothing has come back, or the connection is broken: nobody knows.</summary>
    private void GiveUp(ClientOperation operation, long request)
    {
        if (ReferenceEquals(_pending, operation))
        {
            _world.Tracer?.Answered(request, _client, "given-up");
            _member = AnyMember();
            GoOn();
        }
    }

    private void GoOn()
    {
        _pending = null;
        Think();
    }

    private SimulatedMember AnyMember() => _world.Members[_random.Next(_world.Members.Count)];

    private bool IsLost() => _side.LosesMessages && _random.Next(1000) < LossPerMille;

    private TimeSpan Way() => _random.NextDelay(s_wayMin, s_wayMax);
}
