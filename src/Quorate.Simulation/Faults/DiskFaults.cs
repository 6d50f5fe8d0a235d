using Quorate.Simulation.Disk;

namespace Quorate.Simulation.Faults;

/// <summary>What happens to disks.</summary>
internal static class DiskFaults
{
    public static readonly FaultFamily Slow = new(
        "slow-disk",
        "every step of work on a disk takes longer",
        context =>
        {
            SimulatedMember victim = context.Victim();
            victim.DiskSlowness = context.UpTo(TimeSpan.FromMilliseconds(300));
            context.Later(context.UpTo(TimeSpan.FromSeconds(30)), () => victim.DiskSlowness = TimeSpan.Zero);
        });

    public static readonly FaultFamily Hang = new(
        "hanging-disk",
        "nothing comes back from a disk for a while",
        context => context.Victim().HangDisk(context.UpTo(TimeSpan.FromSeconds(30))));

    public static readonly FaultFamily Full = new(
        "full-disk",
        "a disk has no room left",
        context =>
        {
            SimulatedMember victim = context.Victim();
            victim.Disk.CapacityBytesMax = victim.Disk.UsedBytes + context.Random.Next(4096);
            context.Later(context.UpTo(TimeSpan.FromSeconds(30)), () => victim.Disk.CapacityBytesMax = long.MaxValue);
        });

    public static readonly FaultFamily FailedFlush = new(
        "failed-flush",
        "a flush fails, and what it was to save is gone from the cache",
        context => context.Victim().Disk.FailNext(DiskOperation.Flush));

    public static readonly FaultFamily FailedOperation = new(
        "failed-operation",
        "a write, a rename, a read or another operation on a disk fails",
        context => context.Victim().Disk.FailNext((DiskOperation)context.Random.Next((int)DiskOperation.FlushFolder + 1)));

    /// <remarks>
    /// Not in the newest segment: a damaged end of the log cannot be told from one that was torn, so there a flipped bit
    /// takes back what one member promised (docs/storage.md), and that is the same as a disk that is lost.
    /// </remarks>
    public static readonly FaultFamily BitRot = new(
        "bit-rot",
        "a bit flips at rest, in a snapshot or in the log, on fewer than half of the members",
        context =>
        {
            if (context.Spoilable() is not { } victim)
            {
                return;
            }

            string? newest = victim.Disk.Paths.LastOrDefault(static path => path.EndsWith(".qlog", StringComparison.Ordinal));
            string[] paths = [.. victim.Disk.Paths.Where(path => path != newest && victim.Disk.LengthOf(path) > 0)];
            if (paths.Length > 0)
            {
                string path = paths[context.Random.Next(paths.Length)];
                victim.IsSpoiled = true;
                victim.Disk.FlipBit(path, context.Random.Next((int)victim.Disk.LengthOf(path)), context.Random.Next(8));

                // Mostly nobody looks at what lies still, until the next start.
                if (context.Random.Next(2) == 0 && victim.IsRunning)
                {
                    victim.Kill();
                }
            }
        });

    public static readonly FaultFamily LostDisk = new(
        "lost-disk",
        "a member comes back with an empty disk, on fewer than half of the members",
        context =>
        {
            if (context.Spoilable() is { } victim)
            {
                victim.IsSpoiled = true;
                if (victim.IsRunning)
                {
                    victim.Crash();
                }

                victim.Disk.Replace();
            }
        })
    {
        NeedsFoundedCluster = true,
    };
}
