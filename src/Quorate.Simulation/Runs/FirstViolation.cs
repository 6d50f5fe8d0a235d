using Quorate.Paxos;
using Quorate.Simulation.Checking;

namespace Quorate.Simulation.Runs;

/// <summary>How a run ends that does not go well: with the first property that does not hold.</summary>
internal static class FirstViolation
{
    /// <summary>Carries a run out; null where everything held.</summary>
    public static PropertyViolatedException? In(Action run)
    {
        try
        {
            run();
            return null;
        }
        catch (PropertyViolatedException found)
        {
            return found;
        }
        catch (PaxosInvariantException found)
        {
            return new PropertyViolatedException(UnexpectedFailures.InvariantProperty, found.Message, found);
        }
        catch (Exception error)
        {
            // An error of ours, in a member or in the world: as bad as any other violation, and replayed like one.
            return new PropertyViolatedException(SimulationRun.NoUnhandledExceptionProperty, error.ToString(), error);
        }
    }

    /// <summary>Lets time pass until the condition holds, which liveness demands within the bound.</summary>
    /// <param name="world">Where time passes; its faults are over.</param>
    /// <param name="condition">What must come to hold.</param>
    /// <param name="bound">How soon.</param>
    /// <param name="otherwise">What is wrong if it does not.</param>
    /// <param name="describe">Says how the members are then.</param>
    public static void Must(this SimulatedWorld world, Func<bool> condition, TimeSpan bound, string otherwise, Func<string> describe)
    {
        if (!world.RunUntil(condition, bound))
        {
            throw new PropertyViolatedException(
                SimulationRun.LivenessProperty, $"{otherwise}, {bound.TotalSeconds:0} virtual seconds after the last fault: {describe()}");
        }
    }
}
