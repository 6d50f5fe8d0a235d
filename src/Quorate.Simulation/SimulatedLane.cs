using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Simulation;

/// <summary>
/// A lane of one life of a member: each step of work takes virtual time, and its completion reaches the loop a little
/// later. A crash may fall between any two steps, and whoever crashes never hears of a completion.
/// </summary>
internal sealed class SimulatedLane : IWorkLane
{
    /// <summary>Works that may wait: far more than a replica has a use for. Where more come, something queues without a bound.</summary>
    private const int WaitingMax = 256;

    private readonly SimulatedMember _member;
    private readonly SimulatedWorld _world;
    private readonly SeededRandom _random;
    private readonly Queue<IWork> _waiting = new();
    private readonly int _life;
    private readonly Action _step;
    private bool _isWorking;

    public SimulatedLane(SimulatedMember member, SimulatedWorld world, SeededRandom random)
    {
        _member = member;
        _world = world;
        _random = random;
        _life = member.Life;
        _step = Step;
    }

    public void Submit(IWork work)
    {
        if (_waiting.Count >= WaitingMax)
        {
            throw new InvalidOperationException($"{_waiting.Count} works wait on a lane of member {_member.Id}, of them {work.GetType().Name}");
        }

        _waiting.Enqueue(work);
        if (!_isWorking)
        {
            _isWorking = true;
            PlanStep();
        }
    }

    private void PlanStep() => _world.Plan(
        _random.NextDelay(_world.Options.WorkStepMin, _world.Options.WorkStepMax) + _member.DiskSlowness,
        EventKind.WorkStep,
        _member.Id.Value,
        (ulong)_life,
        _step);

    private void PlanCompletion(IWork work, Exception? error) => _world.Plan(
        _random.NextDelay(TimeSpan.Zero, _world.Options.LoopDelayMax),
        EventKind.WorkCompleted,
        _member.Id.Value,
        (ulong)_life,
        () =>
        {
            if (_member.IsInLife(_life))
            {
                _member.WorkCompleted(work, error);
            }
        });

    private void Step()
    {
        if (!_member.IsInLife(_life))
        {
            return;
        }

        IWork work = _waiting.Peek();
        Exception? error = null;
        try
        {
            if (!work.Step())
            {
                PlanStep();
                return;
            }
        }
        catch (Disk.SimulatedCrashException)
        {
            _member.Crash();
            return;
        }
        catch (Exception thrown)
        {
            error = thrown;
        }

        _waiting.Dequeue();
        PlanCompletion(work, error);
        _isWorking = _waiting.Count > 0;
        if (_isWorking)
        {
            PlanStep();
        }
    }
}
