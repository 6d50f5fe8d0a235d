using Quorate.Raft;
using Quorate.Replica.Wire;

namespace Quorate.Simulation;

/// <summary>
/// Carries encoded frames between members, and loses, repeats, delays, reorders and damages them as it is told.
/// </summary>
public sealed class SimulatedNetwork
{
    /// <summary>Chance that nobody hears of the end of a connection.</summary>
    private const int EndUntoldPerMille = 100;

    private readonly SimulatedWorld _world;
    private readonly SeededRandom _random;
    private readonly int _members;
    private readonly SimulatedLink[] _links;

    internal SimulatedNetwork(SimulatedWorld world, int members, SeededRandom random)
    {
        _world = world;
        _random = random;
        _members = members;
        _links = [.. Enumerable.Range(0, members * members).Select(place => new SimulatedLink((ulong)(place / members) + 1, (ulong)(place % members) + 1))];
    }

    /// <summary>How frames are treated from now on.</summary>
    public NetworkConditions Conditions
    {
        get;
        set
        {
            field = value;
            Changes++;
        }
    } = NetworkConditions.Calm;

    /// <summary>Sees every frame as it is sent; may return false to lose it.</summary>
    public Func<ulong, ulong, ReadOnlyMemory<byte>, bool>? Filter { get; set; }

    /// <summary>Shown every frame of a replica as it is sent.</summary>
    public IList<IFrameObserver> Observers { get; } = [];

    /// <summary>Frames handed in.</summary>
    public long FramesSent { get; private set; }

    /// <summary>Bytes of the frames handed in.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Frames that reached a running member.</summary>
    public long FramesDelivered { get; private set; }

    /// <summary>Frames that arrived a second time.</summary>
    public long FramesRepeated { get; private set; }

    /// <summary>Frames that were damaged on their way.</summary>
    public long FramesDamaged { get; private set; }

    /// <summary>Frames that were lost, for whatever reason.</summary>
    public long FramesLost { get; private set; }

    /// <summary>Ends of connections that a running member was told of.</summary>
    public long EndsTold { get; private set; }

    /// <summary>Grows with every change of its conditions and of what is cut.</summary>
    internal long Changes { get; private set; }

    /// <summary>Lets nothing pass from one member to another, one way; what is on its way is lost.</summary>
    public void Cut(MemberId from, MemberId to)
    {
        Link(from.Value, to.Value).IsCut = true;
        Changes++;
    }

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
    public void Heal()
    {
        Array.ForEach(_links, static link => link.IsCut = false);
        Changes++;
    }

    /// <summary>
    /// The connection from one member to another breaks, in the middle of a frame as likely as not: what is on its way is
    /// lost, and mostly the receiver is told.
    /// </summary>
    public void Break(MemberId from, MemberId to)
    {
        SimulatedLink link = Link(from.Value, to.Value);
        link.Epoch++;
        TellOfTheEnd(link);
    }

    /// <summary>Every frame from one member to another takes so much longer.</summary>
    public void SlowDown(MemberId from, MemberId to, TimeSpan delay) => Link(from.Value, to.Value).Slowness = delay;

    /// <summary>Ends all faults; what is on its way arrives.</summary>
    public void Calm()
    {
        Heal();
        Conditions = NetworkConditions.Calm;
        Array.ForEach(_links, static link => link.Slowness = TimeSpan.Zero);
    }

    /// <summary>What lets nothing pass, in order of sender and receiver.</summary>
    internal IEnumerable<(MemberId From, MemberId To)> CutLinks() =>
        from sender in _world.Members
        from receiver in _world.Members
        where Link(sender.Id.Value, receiver.Id.Value).IsCut
        select (sender.Id, receiver.Id);

    /// <summary>A process has ended, and with it the connections that it had made; its machine goes on, and mostly tells the others.</summary>
    internal void ProcessEnded(MemberId member)
    {
        foreach (SimulatedMember other in _world.Members)
        {
            if (other.Id != member)
            {
                TellOfTheEnd(Link(member.Value, other.Id.Value));
            }
        }
    }

    internal void Send(ulong from, ulong to, ReadOnlyMemory<byte> frame)
    {
        FramesSent++;
        BytesSent += frame.Length;
        SimulatedMember? member = _world.Find(to);
        if (member is null)
        {
            return;
        }

        if (Observers.Count > 0)
        {
            Show(from, frame.Span);
        }

        SimulatedLink link = Link(from, to);
        long number = FramesSent;
        _world.Tracer?.Sent(number, from, to, frame.Span);
        string? loss = link.IsCut ? "cut"
            : link.FramesOnTheWay >= Conditions.LinkFramesMax ? "queue full"
            : Filter?.Invoke(from, to, frame) == false ? "filtered"
            : Happens(Conditions.LossPerMille) ? "chance" : null;
        if (loss is not null)
        {
            FramesLost++;
            _world.Tracer?.Lost(number, from, to, loss);
            return;
        }

        bool isDamaged = Happens(Conditions.DamagePerMille);
        if (isDamaged)
        {
            FramesDamaged++;
            frame = Damaged(frame.Span);
        }

        Deliver(link, number, frame.Span, isDamaged);
        if (Happens(Conditions.RepeatPerMille))
        {
            FramesRepeated++;
            Deliver(link, number, frame.Span, isDamaged);
        }
    }

    private void Show(ulong from, ReadOnlySpan<byte> frame)
    {
        if (FrameSummary.TryRead(frame, out FrameSummary summary) && _world.Find(from) is { } sender)
        {
            for (int i = 0; i < Observers.Count; i++)
            {
                Observers[i].FrameSent(sender, summary);
            }
        }
    }

    private SimulatedLink Link(ulong from, ulong to) => _links[(((int)from - 1) * _members) + (int)to - 1];

    private void Deliver(SimulatedLink link, long number, ReadOnlySpan<byte> bytes, bool isDamaged)
    {
        TimeSpan delay = link.Slowness + _random.NextDelay(Conditions.DelayMin, Conditions.DelayMax);
        if (Happens(Conditions.HoldUpPerMille))
        {
            delay += _random.NextDelay(TimeSpan.Zero, Conditions.HoldUpMax);
        }

        link.FramesOnTheWay++;
        SimulatedFrame frame = link.ArrivedFrames.TryPop(out SimulatedFrame? arrived) ? arrived : new SimulatedFrame(link, Arrived);
        frame.Load(number, bytes, isDamaged);
        _world.Plan(delay, EventKind.Frame, link.To, link.From, frame.Arrive);
    }

    private void TellOfTheEnd(SimulatedLink link)
    {
        if (_random.Next(1000) < EndUntoldPerMille)
        {
            return;
        }

        TimeSpan delay = link.Slowness + _random.NextDelay(Conditions.DelayMin, Conditions.DelayMax);
        if (Happens(Conditions.HoldUpPerMille))
        {
            delay += _random.NextDelay(TimeSpan.Zero, Conditions.HoldUpMax);
        }

        _world.Plan(delay, EventKind.ConnectionLost, link.To, link.From, () =>
        {
            SimulatedMember receiver = _world.Find(link.To)!;
            if (!link.IsCut && receiver.IsRunning)
            {
                EndsTold++;
                receiver.ConnectionLost(link.From);
            }
        });
    }

    private void Arrived(SimulatedFrame frame)
    {
        SimulatedLink link = frame.Link;
        SimulatedMember receiver = _world.Find(link.To)!;
        link.FramesOnTheWay--;
        string? loss = link.IsCut ? "cut" : link.Epoch != frame.Epoch ? "connection broken" : !receiver.IsRunning ? "receiver down" : null;
        if (loss is not null)
        {
            FramesLost++;
            _world.Tracer?.Lost(frame.Number, link.From, link.To, loss);
        }
        else
        {
            FramesDelivered++;
            _world.Tracer?.Delivered(frame.Number, link.From, link.To, frame.IsDamaged);
            receiver.FrameArrived(link.From, frame.Bytes);
        }

        link.ArrivedFrames.Push(frame);
    }

    /// <summary>A frame that was cut short, or has a flipped bit: what a faulty transport or memory would make of it.</summary>
    private byte[] Damaged(ReadOnlySpan<byte> bytes)
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
}
