using Quorate.Raft;

namespace Quorate.Simulation;

/// <summary>Carries encoded frames between members, and loses, repeats, delays and reorders them as it is told.</summary>
public sealed class SimulatedNetwork
{
    private readonly SimulatedWorld _world;
    private readonly SeededRandom _random;
    private readonly SortedSet<(ulong From, ulong To)> _cuts = [];

    internal SimulatedNetwork(SimulatedWorld world, SeededRandom random)
    {
        _world = world;
        _random = random;
    }

    /// <summary>How frames are treated from now on.</summary>
    public NetworkConditions Conditions { get; set; } = NetworkConditions.Calm;

    /// <summary>Sees every frame as it is sent; may return false to lose it.</summary>
    public Func<ulong, ulong, ReadOnlyMemory<byte>, bool>? Filter { get; set; }

    /// <summary>Frames handed in.</summary>
    public long FramesSent { get; private set; }

    /// <summary>Frames that reached a running member.</summary>
    public long FramesDelivered { get; internal set; }

    /// <summary>Frames that arrived a second time.</summary>
    public long FramesRepeated { get; private set; }

    /// <summary>Lets nothing pass from one member to another, one way.</summary>
    public void Cut(MemberId from, MemberId to) => _cuts.Add((from.Value, to.Value));

    /// <summary>Cuts a group off from everybody else, both ways.</summary>
    public void Isolate(params IReadOnlyCollection<MemberId> group)
    {
        foreach (SimulatedMember member in _world.Members)
        {
            if (group.Contains(member.Id))
            {
                continue;
            }

            foreach (MemberId inside in group)
            {
                Cut(inside, member.Id);
                Cut(member.Id, inside);
            }
        }
    }

    /// <summary>Every frame passes again.</summary>
    public void Heal() => _cuts.Clear();

    internal void Send(ulong from, ulong to, ReadOnlySpan<byte> frame)
    {
        FramesSent++;
        byte[] bytes = frame.ToArray();
        if (IsCut(from, to) || Filter?.Invoke(from, to, bytes) == false || Happens(Conditions.LossPerMille))
        {
            return;
        }

        Deliver(from, to, bytes);
        if (Happens(Conditions.RepeatPerMille))
        {
            FramesRepeated++;
            Deliver(from, to, bytes);
        }
    }

    internal bool IsCut(ulong from, ulong to) => _cuts.Contains((from, to));

    private void Deliver(ulong from, ulong to, byte[] bytes)
    {
        TimeSpan delay = _random.NextDelay(Conditions.DelayMin, Conditions.DelayMax);
        if (Happens(Conditions.HoldUpPerMille))
        {
            delay += _random.NextDelay(TimeSpan.Zero, Conditions.HoldUpMax);
        }

        SimulatedMember? member = _world.Find(to);
        if (member is not null)
        {
            _world.Plan(delay, EventKind.Frame, to, from, () => member.FrameArrived(from, bytes));
        }
    }

    private bool Happens(int perMille) => perMille > 0 && _random.Next(1000) < perMille;
}
