using System.Collections.Immutable;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Runs;

namespace Quorate.Server.CommandLine.Simulation;

/// <summary>Which algorithm is run under which faults.</summary>
internal static class SimulationAlgorithms
{
    /// <summary>Those families of a list that can strike Paxos; null, which is to draw them, stays so.</summary>
    public static ImmutableArray<FaultFamily>? ForPaxos(ImmutableArray<FaultFamily>? families) =>
        families is { } all ? [.. all.Where(PaxosRun.Families.Contains)] : null;

    /// <summary>What was asked for; else Raft in a single run, and both in a hunt, unless the faults are for Raft only.</summary>
    /// <exception cref="FormatException">It makes no sense.</exception>
    public static HuntedAlgorithm Choose(HuntedAlgorithm? asked, bool isHunt, string? faultsText, ImmutableArray<FaultFamily>? families)
    {
        if (asked == HuntedAlgorithm.Both && !isHunt)
        {
            throw new FormatException("--algorithm both is for a hunt; one run is of raft or of paxos");
        }

        FaultFamily? foreign = faultsText == "all" ? null : families?.FirstOrDefault(static family => !PaxosRun.Families.Contains(family));
        if (asked is HuntedAlgorithm.Paxos or HuntedAlgorithm.Both && foreign is not null)
        {
            throw new FormatException(
                $"'{foreign}' does not strike Paxos; what does is {string.Join(", ", PaxosRun.Families.Select(static family => family.Name))}; or none, or all");
        }

        return asked ?? (isHunt && foreign is null ? HuntedAlgorithm.Both : HuntedAlgorithm.Raft);
    }
}
