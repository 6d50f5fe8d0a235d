using Quorate.Etcd.State;
using Quorate.KeyValue;

namespace Quorate.Etcd.Backups;

/// <summary>
/// A state captured for a backup. It is captured in constant time, and what is captured never changes, so a member goes on
/// meanwhile; who reads slowly, or not at all, holds nothing but that.
/// </summary>
public sealed class BackupContent
{
    private readonly EtcdSnapshot _captured;
    private readonly ulong _clusterId;
    private readonly ulong _memberId;
    private BackupDescription? _description;

    private BackupContent(EtcdSnapshot captured, ulong clusterId, ulong memberId)
    {
        _captured = captured;
        _clusterId = clusterId;
        _memberId = memberId;
    }

    /// <summary>What it is of. Who receives a backup is told from the first part on how much is to come: so the content is made once only to be measured, when this is first asked for.</summary>
    public BackupDescription Description => _description ??= Measure();

    /// <summary>Captures a state, as of a moment in which nothing is applied to it; null while a snapshot is being loaded into it.</summary>
    /// <param name="state">The state.</param>
    /// <param name="clusterId">Its cluster.</param>
    /// <param name="memberId">Whose it is.</param>
    public static BackupContent? TryCapture(EtcdStateMachine state, ulong clusterId, ulong memberId)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.TryCapture() is { } captured ? new BackupContent(captured, clusterId, memberId) : null;
    }

    /// <summary>The bytes of the backup, piece by piece as they are asked for, each an array of its own; the checksum is the last.</summary>
    public IEnumerable<byte[]> Write() => BackupWriter.Write(Description, _captured.Write());

    private BackupDescription Measure()
    {
        long bytes = 0;
        foreach (ReadOnlyMemory<byte> piece in _captured.Write())
        {
            bytes += piece.Length;
        }

        StoreVersion version = _captured.Version;
        return new BackupDescription(_clusterId, _memberId, version.Revision, version.CompactRevision, version.KeyCount, bytes);
    }
}
