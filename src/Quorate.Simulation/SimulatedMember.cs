using System.Numerics;
using Quorate.Io;
using Quorate.Raft;
using Quorate.Replica;
using Quorate.Simulation.Disk;
using Quorate.Simulation.Processes;

namespace Quorate.Simulation;

/// <summary>A member of the simulated cluster: its disk, which stays, and the process that runs on it, life after life.</summary>
public sealed class SimulatedMember
{
    private readonly SimulatedWorld _world;
    private readonly SeededRandom _random;
    private readonly List<EventQueue.PlannedEvent> _heldUp = [];
    private bool _isPumpPlanned;

    /// <summary>What its loop does again and again in the present life; made once a life, as it is planned with every event.</summary>
    private Action _tick = static () => { };
    private Action _pump = static () => { };

    /// <summary>Where frames are lent to the process.</summary>
    private byte[] _lent = [];

    internal SimulatedMember(MemberId id, SimulatedWorld world, SeededRandom random)
    {
        Id = id;
        _world = world;
        _random = random;
        Clock = new SimulatedClock(world);
    }

    /// <summary>Who it is.</summary>
    public MemberId Id { get; }

    /// <summary>Its disk.</summary>
    public SimulatedDisk Disk { get; } = new();

    /// <summary>Its clock.</summary>
    public SimulatedClock Clock { get; }

    /// <summary>The process, while it runs: a replica, unless the world was made for something else.</summary>
    public ISimulatedProcess? Process { get; private set; }

    /// <summary>The replica, while one runs.</summary>
    public ReplicaNode? Replica { get; private set; }

    /// <summary>The state machine of the present life.</summary>
    public IStateMachine? StateMachine { get; internal set; }

    /// <summary>Counts its starts.</summary>
    public int Life { get; private set; }

    /// <summary>Whether a process runs (it may have failed and refuse everything).</summary>
    public bool IsRunning => Process is not null;

    /// <summary>Added to every step of work beside the loop.</summary>
    public TimeSpan DiskSlowness { get; set; }

    /// <summary>Until then its process does nothing, though time passes and frames gather; in virtual time.</summary>
    public TimeSpan PausedUntil { get; private set; }

    /// <summary>Until then nothing that it asks of its disk comes back; in virtual time.</summary>
    public TimeSpan DiskHangsUntil { get; private set; }

    /// <summary>
    /// Its disk was damaged at rest or lost: what it promised may be gone, and it need not come back. A world must not
    /// spoil more members than the cluster can do without.
    /// </summary>
    public bool IsSpoiled { get; set; }

    /// <summary>Whether the process has stopped for good.</summary>
    public bool HasFailed => Process?.Failure is not null;

    /// <summary>Starts it from what its disk holds. A crash that was aimed at its start leaves it down.</summary>
    public void Start()
    {
        if (IsRunning)
        {
            throw new InvalidOperationException($"member {Id} runs already");
        }

        Life++;
        _world.Tracer?.Process(this, "start");
        _isPumpPlanned = false;
        int life = Life;
        _tick = () => Tick(life);
        _pump = () => Pump(life);
        var world = new SimulatedMemberWorld(this, _world, _random.Fork());
        try
        {
            Process = _world.OpenProcess(this, world);
            Replica = (Process as ReplicaProcess)?.Node;
        }
        catch (SimulatedCrashException)
        {
            Crash();
            return;
        }

        PlanTick(_random.NextDelay(TimeSpan.Zero, _world.Options.TickInterval));
        PlanPump();
    }

    /// <summary>Power is lost: what was not flushed may be gone or torn, and nobody hears from this life any more.</summary>
    public void Crash()
    {
        _world.Tracer?.Process(this, "power-loss");
        Life++;
        Process = null;
        Replica = null;
        StateMachine = null;
        Disk.Crash(_random);
    }

    /// <summary>
    /// The process is killed (SIGKILL): what was written is still there, flushed or not, and the kernel ends its
    /// connections. Of a power loss nobody is told.
    /// </summary>
    public void Kill()
    {
        _world.Tracer?.Process(this, "kill");
        Life++;
        Process = null;
        Replica = null;
        StateMachine = null;
        Disk.EndProcess();
        _world.Network.ProcessEnded(Id);
    }

    /// <summary>The process stands still for a while, as after SIGSTOP or in a long pause of its memory manager.</summary>
    public void Pause(TimeSpan duration)
    {
        PausedUntil = Later(PausedUntil, _world.Now + duration);
        _world.Tracer?.Process(this, "pause", until: PausedUntil);
    }

    /// <summary>The disk hangs for a while.</summary>
    public void HangDisk(TimeSpan duration)
    {
        DiskHangsUntil = Later(DiskHangsUntil, _world.Now + duration);
        _world.Tracer?.Process(this, "disk-hang", until: DiskHangsUntil);
    }

    /// <summary>Ends every fault of its process, disk and clock that is under way.</summary>
    public void Calm()
    {
        DiskSlowness = TimeSpan.Zero;
        PausedUntil = DiskHangsUntil = TimeSpan.Zero;
        Disk.Fault = null;
        Disk.CrashAfterOperations = null;
        Disk.CapacityBytesMax = long.MaxValue;
        Clock.Drift(1000);
        Release();
    }

    /// <summary>Gives an event to the process, as its loop would.</summary>
    public void OnLoop(Action handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        handle();
        PlanPump();
    }

    /// <summary>Keeps an event that cannot happen to it now until it can.</summary>
    internal bool HoldsUp(in EventQueue.PlannedEvent planned)
    {
        TimeSpan until = planned.Kind == EventKind.WorkStep ? Later(PausedUntil, DiskHangsUntil) : PausedUntil;
        if (until <= _world.Now || Process is null)
        {
            return false;
        }

        if (_heldUp.Count == 0)
        {
            _world.After(until - _world.Now, Release);
        }

        _heldUp.Add(planned);
        return true;
    }

    /// <summary>All that was held up happens, in its order, unless something holds it up again.</summary>
    private void Release()
    {
        EventQueue.PlannedEvent[] released = [.. _heldUp];
        _heldUp.Clear();
        foreach (EventQueue.PlannedEvent planned in released)
        {
            _world.PlanNow(planned);
        }
    }

    internal bool IsInLife(int life) => Life == life && Process is not null;

    /// <summary>It must be running.</summary>
    internal void FrameArrived(ulong from, ReadOnlySpan<byte> frame)
    {
        // Given in memory that is used again at once: whoever keeps a slice of it is found out.
        if (_lent.Length < frame.Length)
        {
            _lent = new byte[BitOperations.RoundUpToPowerOf2((uint)frame.Length)];
        }

        Memory<byte> lent = _lent.AsMemory(0, frame.Length);
        frame.CopyTo(lent.Span);
        Process!.FrameReceived(from, lent);
        lent.Span.Fill(0xEE);
        PlanPump();
    }

    /// <summary>The connection by which frames of another came has ended. It must be running.</summary>
    internal void ConnectionLost(ulong from)
    {
        Process!.ConnectionLost(from);
        PlanPump();
    }

    /// <summary>Work that was done for it beside its loop comes back.</summary>
    internal void WorkCompleted(IWork work, Exception? error)
    {
        work.Completed(error);
        PlanPump();
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private void PlanTick(TimeSpan delay) => _world.Plan(delay, EventKind.Tick, Id.Value, (ulong)Life, _tick);

    private void Tick(int life)
    {
        if (IsInLife(life))
        {
            Process!.Tick();
            PlanPump();
            PlanTick(Clock.TrueTimeFor(_world.Options.TickInterval));
        }
    }

    /// <summary>A loop takes a moment to come round, and finds together what came meanwhile.</summary>
    private void PlanPump()
    {
        if (_isPumpPlanned || Process is null)
        {
            return;
        }

        _isPumpPlanned = true;
        _world.Plan(_random.NextDelay(TimeSpan.Zero, _world.Options.LoopDelayMax), EventKind.Pump, Id.Value, (ulong)Life, _pump);
    }

    private void Pump(int life)
    {
        if (!IsInLife(life))
        {
            return;
        }

        _isPumpPlanned = false;
        Process!.Pump();
        if (Process is { HasWork: true })
        {
            PlanPump();
        }
    }
}
