using Quorate.Raft;

namespace Quorate.Simulation.Faults;

/// <summary>Faults that wait for the moment in which they do most harm.</summary>
internal static class AmbushFaults
{
    private static readonly TimeSpan s_election = TimeSpan.FromMilliseconds(8);
    private static readonly TimeSpan s_restart = TimeSpan.FromMilliseconds(50);

    public static readonly FaultFamily Voter = new(
        "ambush-voter",
        "a machine loses its power while it votes, and is back at once",
        context =>
        {
            for (int i = 0; i < context.Intensity; i++)
            {
                Ambush.Lay(context.World, Role.Candidate, candidate =>
                {
                    SimulatedMember voter = context.Random.Next(4) == 0 ? candidate : context.AnyOther(candidate);
                    CrashAndRestart(context, voter, s_election, s_restart);
                });
            }
        });

    public static readonly FaultFamily Leader = new(
        "ambush-leader",
        "a leader loses its power just after it was elected, and is back sooner or later",
        context =>
        {
            for (int i = 0; i < context.Intensity; i++)
            {
                Ambush.Lay(context.World, Role.Leader, leader => CrashAndRestart(
                    context, leader, s_election * 3, context.Random.Next(2) == 0 ? s_restart : TimeSpan.FromSeconds(3)));
            }
        });

    /// <remarks>
    /// The old leader gathers entries that will not be committed; the new one commits few. Then the new one is gone, and
    /// the old one is back (paper figures 7 and 8 grow from this).
    /// </remarks>
    public static readonly FaultFamily Return = new(
        "ambush-return",
        "a leader is cut off and comes back at the moment in which its successor loses its power",
        context =>
        {
            SimulatedWorld world = context.World;
            if (world.Leader() is not { } old)
            {
                return;
            }

            world.Network.Isolate(old.Id);
            Ambush.Lay(world, Role.Leader, successor => context.Later(
                context.Random.NextDelay(TimeSpan.Zero, TimeSpan.FromMilliseconds(200)),
                () =>
                {
                    world.Network.Heal();
                    CrashAndRestart(context, successor, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(5));
                }));
            context.Later(TimeSpan.FromSeconds(20), world.Network.Heal);
        });

    private static void CrashAndRestart(FaultContext context, SimulatedMember member, TimeSpan within, TimeSpan backWithin) =>
        context.Later(context.Random.NextDelay(TimeSpan.Zero, within), () =>
        {
            if (!member.IsRunning)
            {
                return;
            }

            member.Crash();
            context.Later(context.Random.NextDelay(TimeSpan.Zero, backWithin), () => context.Restart(member));
        });
}
