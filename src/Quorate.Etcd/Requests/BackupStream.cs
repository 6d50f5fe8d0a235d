using Google.Protobuf;
using Quorate.Etcd.Backups;
using Quorate.Etcd.Protocol;

namespace Quorate.Etcd.Requests;

/// <summary>The whole state in parts, as a backup (<see cref="BackupContent"/>).</summary>
internal static class BackupStream
{
    /// <summary>Captures the state; to be called on the replica's loop.</summary>
    public static (IEnumerable<SnapshotResponse>? Parts, EtcdError? Error) Begin(RequestPath path) =>
        BackupContent.TryCapture(path.State, path.Options.ClusterId, path.Replica.Id.Value) is { } content
            ? (Parts(path, content), null)
            : (null, EtcdError.Unhealthy);

    private static IEnumerable<SnapshotResponse> Parts(RequestPath path, BackupContent content)
    {
        long remaining = BackupFormat.BytesBeforeChecksum(content.Description.ContentBytes);
        foreach (byte[] piece in content.Write())
        {
            // The checksum, which comes last, is not counted, as etcd does not count it.
            remaining = Math.Max(0, remaining - piece.Length);
            yield return new SnapshotResponse
            {
                Header = path.Complete(new ResponseHeader { Revision = content.Description.Revision }),
                RemainingBytes = (ulong)remaining,
                Blob = UnsafeByteOperations.UnsafeWrap(piece),
                Version = EtcdCompatibility.Version,
            };
        }
    }
}
