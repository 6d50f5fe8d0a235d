using Quorate.Raft;
using Quorate.Replica;
using Quorate.Simulation.Checking;
using Quorate.Storage;

namespace Quorate.Simulation.Runs;

/// <summary>Counts what a member tells its operator, and tells whether it had a reason to fail.</summary>
internal sealed class CoverageListener(SimulatedMember member, SimulationCoverage coverage) : IReplicaListener
{
    public void Started(LogPosition lastLog, long snapshotIndex, long term, IReadOnlyList<string> notes) => coverage.Starts++;

    public void RoleChanged(Role from, Role to, long term) => coverage.RoleChanges++;

    public void SnapshotTaken(SnapshotMetadata snapshot, TimeSpan duration) => coverage.SnapshotsTaken++;

    public void SnapshotInstalled(SnapshotMetadata snapshot) => coverage.SnapshotsInstalled++;

    public void FrameRefused(ulong from, FrameRefusal reason, int bytes) => coverage.FramesRefused++;

    /// <summary>A disk may fail a member, and a lost one must; nothing else may.</summary>
    public void Failed(string what, Exception error)
    {
        coverage.Failures++;
        bool isDisk = error is StorageException or IOException;
        if (!isDisk && !member.IsSpoiled)
        {
            throw new PropertyViolatedException(
                error is RaftInvariantException ? "no broken invariant" : "no fault of its own", $"member {member.Id} stops: {what}: {error.Message}");
        }
    }
}
