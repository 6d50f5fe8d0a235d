namespace Quorate.Simulation.Checking;

/// <summary>A member that has failed takes no part any more (spec S4): nothing of it leaves.</summary>
public static class Silence
{
    /// <summary>Name of the property.</summary>
    public const string Property = "silence after failure";

    /// <summary>Looks at every frame that leaves.</summary>
    public static void Require(SimulatedWorld world)
    {
        ArgumentNullException.ThrowIfNull(world);
        world.Network.Filter = (from, _, _) => world.Members[(int)from - 1].HasFailed
            ? throw new PropertyViolatedException(Property, $"member {from} sends although it has failed")
            : true;
    }
}
