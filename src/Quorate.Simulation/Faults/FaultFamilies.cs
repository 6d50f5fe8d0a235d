using System.Collections.Immutable;

namespace Quorate.Simulation.Faults;

/// <summary>Every family of faults that there is.</summary>
public static class FaultFamilies
{
    /// <summary>All, in a fixed order: seeds choose by it.</summary>
    public static ImmutableArray<FaultFamily> All { get; } =
    [
        ProcessFaults.PowerLoss,
        ProcessFaults.PowerLossInWrite,
        ProcessFaults.Kill,
        ProcessFaults.Pause,
        NetworkFaults.Split,
        NetworkFaults.Isolation,
        NetworkFaults.OneWayCut,
        NetworkFaults.Loss,
        NetworkFaults.Repeat,
        NetworkFaults.HoldUp,
        NetworkFaults.Damage,
        NetworkFaults.FullQueue,
        NetworkFaults.SlowLink,
        NetworkFaults.BrokenConnection,
        DiskFaults.Slow,
        DiskFaults.Hang,
        DiskFaults.Full,
        DiskFaults.FailedFlush,
        DiskFaults.FailedOperation,
        DiskFaults.BitRot,
        DiskFaults.LostDisk,
        ProcessFaults.ClockDrift,
        ProcessFaults.ClockJump,
        ProcessFaults.Transfer,
        ProcessFaults.Snapshot,
        AmbushFaults.Voter,
        AmbushFaults.Candidate,
        AmbushFaults.Leader,
        AmbushFaults.Truncation,
        AmbushFaults.Return,
        AmbushFaults.Write,
    ];

    /// <summary>The family of that name, or null.</summary>
    public static FaultFamily? Find(string name) => All.FirstOrDefault(family => family.Name == name);
}
