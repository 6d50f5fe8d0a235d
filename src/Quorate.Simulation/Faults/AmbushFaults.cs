using Quorate.Raft;

namespace Quorate.Simulation.Faults;

/// <summary>Faults that wait for the moment in which they do most harm.</summary>
internal static class AmbushFaults
{
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_election = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_quickly = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_slowly = TimeSpan.FromSeconds(5);

    public static readonly FaultFamily Voter = new(
        "ambush-voter",
        "a machine loses its power while its vote is on the way to its disk, and is back at once",
        context => Repeat(context, () => Ambush.Lay(
            context.World,
            static (_, node) => !node.VotedFor.IsNone && node.VotedFor != node.Id && node.DurableHardState.CurrentTerm < node.CurrentTerm,
            voter => CrashAndRestart(context, voter, s_moment, s_quickly))));

    public static readonly FaultFamily Candidate = new(
        "ambush-candidate",
        "a machine loses its power just after it has stood for election, and is back at once",
        context => Repeat(context, () => Ambush.Lay(
            context.World, Ambush.Becomes(Role.Candidate, context.World), candidate => CrashAndRestart(context, candidate, s_election, s_quickly))));

    public static readonly FaultFamily Leader = new(
        "ambush-leader",
        "a leader loses its power just after it was elected, and is back sooner or later",
        context => Repeat(context, () => Ambush.Lay(
            context.World,
            Ambush.Becomes(Role.Leader, context.World),
            leader => CrashAndRestart(context, leader, s_election, context.Random.Next(2) == 0 ? s_quickly : s_slowly))));

    /// <remarks>
    /// What the leader has begun to write when it is cut off takes so long to reach its disk that its successor replaces
    /// it meanwhile. The completion of the first write is the moment: it vouches for nothing that stands there by then.
    /// </remarks>
    public static readonly FaultFamily Truncation = new(
        "ambush-truncation",
        "a leader with a slow disk is cut off, the end of its log is replaced, and it loses its power once the first of its writes is flushed",
        context =>
        {
            SimulatedWorld world = context.World;
            SimulatedMember slow = world.Leader() ?? context.AnyMember();
            slow.DiskSlowness = context.UpTo(s_slowly);
            world.Network.Isolate(slow.Id);
            context.Later(context.Random.NextDelay(TimeSpan.Zero, s_slowly), world.Network.Heal);
            context.Later(TimeSpan.FromSeconds(20), () => slow.DiskSlowness = TimeSpan.Zero);
            Repeat(context, () => Ambush.Lay(
                world,
                Ambush.Truncates(world),
                member => Ambush.Lay(world, Ambush.FlushesMore(member), _ => CrashAndRestart(context, member, s_moment, s_quickly))));
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
            Ambush.Lay(world, Ambush.Becomes(Role.Leader, world), successor => context.Later(
                context.Random.NextDelay(TimeSpan.Zero, TimeSpan.FromMilliseconds(200)),
                () =>
                {
                    world.Network.Heal();
                    CrashAndRestart(context, successor, s_moment, s_slowly);
                }));
            context.Later(TimeSpan.FromSeconds(20), world.Network.Heal);
        });

    private static void Repeat(FaultContext context, Action lay)
    {
        for (int i = 0; i < context.Intensity; i++)
        {
            lay();
        }
    }

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
