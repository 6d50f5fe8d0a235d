using Quorate.Raft;

namespace Quorate.Simulation;

/// <summary>
/// Carries encoded frames between members, and loses, repeats, delays, reorders and damages them as it is told.
/// </summary>
public sealed class SimulatedNetwork
{
    private readonly SimulatedWorld _world;
    private readonly SeededRandom _random;
    private readonly int _members;
    private readonly SimulatedLink[] _links;

    internal SimulatedNetwork(SimulatedWorld world, int members, SeededRandom random)
    {
        _world = world;
        _random = random;
        _members = members;
        _links = [.. Enumerable.Range(0, members * members).Select(_ => new SimulatedLink())];
    }

    /// <summary>How frames are treated from now on.</summary>
    public NetworkConditions Conditions { get; set; } = NetworkConditions.Calm;

    /// <summary>Sees every frame as it is sent; may return false to lose it.</summary>
    public Func<ulong, ulong, ReadOnlyMemory<byte>, bool>? Filter { get; set; }

    /// <summary>Frames handed in.</summary>
    public long FramesSent { get; private set; }

    /// <summary>Bytes of the frames handed in.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Frames that reached a running member.</summary>
    public long FramesDelivered { get; private set; }

    /// <summary>Frames that arrived a second time.</summary>
    public long FramesRepeated { get; private set; }

    /// <summary>Frames that were lost, for whatever reason.</summary>
    public long FramesLost { get; private set; }

    /// <summary>Lets nothing pass from one member to another, one way; what is on its way is lost.</summary>
    public void Cut(MemberId from, MemberId to) => Link(from.Value, to.Value).IsCut = true;

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
    public void Heal() => Array.ForEach(_links, static link => link.IsCut = false);

    /// <summary>The connection from one member to another breaks, in the middle of a frame as likely as not: what is on its way is lost.</summary>
    public void Break(MemberId from, MemberId to) => Link(from.Value, to.Value).Epoch++;

    /// <summary>Every frame from one member to another takes so much longer.</summary>
    public void SlowDown(MemberId from, MemberId to, TimeSpan delay) => Link(from.Value, to.Value).Slowness = delay;

    /// <summary>Ends all faults; what is on its way arrives.</summary>
    public void Calm()
    {
        Heal();
        Conditions = NetworkConditions.Calm;
        Array.ForEach(_links, static link => link.Slowness = TimeSpan.Zero);
    }

    internal void Send(ulong from, ulong to, ReadOnlySpan<byte> frame)
    {
        FramesSent++;
        BytesSent += frame.Length;
        SimulatedMember? member = _world.Find(to);
        if (member is null)
        {
            return;
        }

        byte[] bytes = frame.ToArray();
        SimulatedLink link = Link(from, to);
        if (link.IsCut || link.FramesOnTheWay >= Conditions.LinkFramesMax || Filter?.Invoke(from, to, bytes) == false
            || Happens(Conditions.LossPerMille))
        {
            FramesLost++;
            return;
        }

        if (Happens(Conditions.DamagePerMille))
        {
            bytes = Damaged(bytes);
        }

        Deliver(link, from, member, bytes);
        if (Happens(Conditions.RepeatPerMille))
        {
            FramesRepeated++;
            Deliver(link, from, member, bytes);
        }
    }

    private SimulatedLink Link(ulong from, ulong to) => _links[(((int)from - 1) * _members) + (int)to - 1];

    private void Deliver(SimulatedLink link, ulong from, SimulatedMember member, byte[] bytes)
    {
        TimeSpan delay = link.Slowness + _random.NextDelay(Conditions.DelayMin, Conditions.DelayMax);
        if (Happens(Conditions.HoldUpPerMille))
        {
            delay += _random.NextDelay(TimeSpan.Zero, Conditions.HoldUpMax);
        }

        int epoch = link.Epoch;
        link.FramesOnTheWay++;
        _world.Plan(delay, EventKind.Frame, member.Id.Value, from, () =>
        {
            link.FramesOnTheWay--;
            if (!link.IsCut && link.Epoch == epoch && member.FrameArrived(from, bytes))
            {
                FramesDelivered++;
            }
            else
            {
                FramesLost++;
            }
        });
    }

    /// <summary>A frame that was cut short, or has a flipped bit: what a faulty transport or memory would make of it.</summary>
    private byte[] Damaged(byte[] bytes)
    {
        byte[] damaged = [.. bytes];
        if (_random.Next(2) == 0)
        {
            return damaged[.._random.Next(damaged.Length)];
        }

        damaged[_random.Next(damaged.Length)] ^= (byte)(1 << _random.Next(8));
        return damaged;
    }

    private bool Happens(int perMille) => perMille > 0 && _random.Next(1000) < perMille;

    /// <summary>One direction between two members.</summary>
    private sealed class SimulatedLink
    {
        public bool IsCut { get; set; }

        public int Epoch { get; set; }

        public TimeSpan Slowness { get; set; }

        public int FramesOnTheWay { get; set; }
    }
}
