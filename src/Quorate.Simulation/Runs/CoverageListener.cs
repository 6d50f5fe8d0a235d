using Quorate.Raft;
using Quorate.Replica;
using Quorate.Simulation.Checking;

namespace Quorate.Simulation.Runs;

/// <summary>Hears what a member tells its operator: counts it, traces it, and asks whether it had a right to fail.</summary>
internal sealed class CoverageListener(SimulatedWorld world, SimulatedMember member, SimulationCoverage coverage, UnexpectedFailures failures) : IReplicaListener
{
    public void Started(LogPosition lastLog, long snapshotIndex, long term, IReadOnlyList<string> notes)
    {
        coverage.Starts++;
        coverage.RepairedStarts += notes.Count > 0 ? 1 : 0;
        world.Tracer?.Process(member, "started", notes.Count > 0 ? string.Join("; ", notes) : null);
    }

    public void RoleChanged(Role from, Role to, long term) => coverage.RoleChanges++;

    public void SnapshotTaken(SnapshotMetadata snapshot, TimeSpan duration) => coverage.SnapshotsTaken++;

    public void SnapshotInstalled(SnapshotMetadata snapshot) => coverage.SnapshotsInstalled++;

    public void FrameRefused(ulong from, FrameRefusal reason, int bytes)
    {
        coverage.FramesRefused++;
        world.Tracer?.Refused(member.Id, from, reason);
    }

    public void DiskFull(string forWhat, Exception error)
    {
        coverage.DisksFoundFull++;
        world.Tracer?.Process(member, "disk full", $"{forWhat}: {error.Message}");
    }

    public void FollowerLostEntries(FollowerLoss loss) =>
        world.Tracer?.Process(member, "lost entries", $"{loss.Id} had acknowledged all up to {loss.AcknowledgedIndex}, and has lost what is behind {loss.MeetingIndex}");

    public void Failed(string what, Exception error)
    {
        coverage.Failures++;
        world.Tracer?.Process(member, "failed", $"{what}: {error.Message}");
        failures.Failed(member, what, error);
    }
}
