using Quorate.Raft;

namespace Quorate.Simulation.Faults;

/// <summary>What happens to processes and their machines.</summary>
internal static class ProcessFaults
{
    public static readonly FaultFamily PowerLoss = new(
        "power-loss",
        "a machine loses its power; what was not flushed is kept, lost or torn, sector by sector",
        context =>
        {
            // Now and then all at once, as when a data center goes dark.
            if (context.Random.Next(100) < context.Intensity)
            {
                foreach (SimulatedMember member in context.World.Members)
                {
                    Crash(member);
                }
            }
            else
            {
                Crash(context.Victim());
            }
        });

    public static readonly FaultFamily PowerLossInWrite = new(
        "power-loss-in-write",
        "a machine loses its power in the middle of an operation on its disk",
        context => context.Victim().Disk.CrashAfterOperations = context.Random.Next(20));

    public static readonly FaultFamily Kill = new(
        "kill",
        "a process is killed; what it has written is there, flushed or not",
        context =>
        {
            SimulatedMember victim = context.Victim();
            if (victim.IsRunning)
            {
                victim.Kill();
            }
        });

    public static readonly FaultFamily Pause = new(
        "pause",
        "a process stands still for a while and does not know it",
        context => context.Victim().Pause(context.UpTo(TimeSpan.FromSeconds(15))));

    public static readonly FaultFamily ClockDrift = new(
        "clock-drift",
        "a member's clock goes too fast or too slow",
        context =>
        {
            SimulatedMember victim = context.AnyMember();
            int off = context.UpToPerMille(500);
            victim.Clock.Drift(context.Random.Next(2) == 0 ? 1000 + off : 1000 - off);
            context.Later(context.UpTo(TimeSpan.FromSeconds(60)), () => victim.Clock.Drift(1000));
        });

    public static readonly FaultFamily ClockJump = new(
        "clock-jump",
        "a member's clock jumps ahead",
        context => context.Victim().Clock.Jump(context.UpTo(TimeSpan.FromSeconds(60))));

    public static readonly FaultFamily Transfer = new(
        "transfer",
        "an operator moves leadership, to whomever",
        context =>
        {
            SimulatedMember asked = context.Random.Next(4) == 0 ? context.AnyMember() : context.World.Leader() ?? context.AnyMember();
            MemberId target = context.AnyMember().Id;
            if (asked.Replica is { } replica)
            {
                asked.OnLoop(() => replica.TransferLeadership(target, static _ => { }));
            }
        });

    public static readonly FaultFamily Snapshot = new(
        "snapshot",
        "an operator asks a member for a snapshot",
        context =>
        {
            SimulatedMember asked = context.Victim();
            if (asked.Replica is { } replica)
            {
                asked.OnLoop(replica.RequestSnapshot);
            }
        });

    private static void Crash(SimulatedMember member)
    {
        if (member.IsRunning)
        {
            member.Crash();
        }
    }
}
