using Google.Protobuf;
using Quorate.Etcd.Backups;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.State;
using Quorate.KeyValue;

namespace Quorate.Etcd.Requests;

/// <summary>
/// The whole state in parts, as a backup. It is captured in constant time, and what is captured never changes, so the
/// member goes on meanwhile; who reads slowly, or not at all, holds nothing but that.
/// </summary>
internal static class BackupStream
{
    /// <summary>Captures the state; to be called on the replica's loop.</summary>
    public static (IEnumerable<SnapshotResponse>? Parts, EtcdError? Error) Begin(RequestPath path) =>
        path.State.TryCapture() is { } captured ? (Parts(path, captured), null) : (null, EtcdError.Unhealthy);

    private static IEnumerable<SnapshotResponse> Parts(RequestPath path, EtcdSnapshot captured)
    {
        // Who receives it is told from the first part on how much is to come: so the content is made twice.
        long contentBytes = 0;
        foreach (ReadOnlyMemory<byte> piece in captured.Write())
        {
            contentBytes += piece.Length;
        }

        StoreVersion version = captured.Version;
        BackupDescription description = new(
            path.Options.ClusterId, path.Replica.Id.Value, version.Revision, version.CompactRevision, version.KeyCount, contentBytes);
        long remaining = BackupFormat.BytesBeforeChecksum(contentBytes);
        foreach (byte[] piece in BackupWriter.Write(description, captured.Write()))
        {
            // The checksum, which comes last, is not counted, as etcd does not count it.
            remaining = Math.Max(0, remaining - piece.Length);
            yield return new SnapshotResponse
            {
                Header = path.Complete(new ResponseHeader { Revision = version.Revision }),
                RemainingBytes = (ulong)remaining,
                Blob = UnsafeByteOperations.UnsafeWrap(piece),
                Version = EtcdCompatibility.Version,
            };
        }
    }
}
