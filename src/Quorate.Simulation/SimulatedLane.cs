using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Simulation;

/// <summary>
/// A lane of one life of a member: each step of work takes virtual time, and its completion reaches the loop a little
/// later. A crash may fall between any two steps, and whoever crashes never hears of a completion.
/// </summary>
internal sealed class SimulatedLane(SimulatedMember member, SimulatedWorld world, SeededRandom random) : IWorkLane
{
    private readonly Queue<IWork> _waiting = new();
    private readonly int _life = member.Life;
    private bool _isWorking;

    public void Submit(IWork work)
    {
        _waiting.Enqueue(work);
        if (!_isWorking)
        {
            _isWorking = true;
            PlanStep();
        }
    }

    private void PlanStep() => world.Plan(
        random.NextDelay(world.Options.WorkStepMin, world.Options.WorkStepMax) + member.DiskSlowness,
        EventKind.WorkStep,
        member.Id.Value,
        (ulong)_life,
        Step);

    private void Step()
    {
        if (!member.IsInLife(_life))
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
            member.Crash();
            return;
        }
        catch (Exception thrown)
        {
            error = thrown;
        }

        _waiting.Dequeue();
        world.Plan(random.NextDelay(TimeSpan.Zero, world.Options.LoopDelayMax), EventKind.WorkCompleted, member.Id.Value, (ulong)_life, () =>
        {
            if (member.IsInLife(_life))
            {
                member.OnLoop(() => work.Completed(error));
            }
        });
        _isWorking = _waiting.Count > 0;
        if (_isWorking)
        {
            PlanStep();
        }
    }
}
