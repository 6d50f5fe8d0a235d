using System.Security.Cryptography;
using Quorate.Client;
using Quorate.Etcd.Protocol;

namespace Quorate.Server.Backups;

/// <summary>Receives a snapshot and verifies that it is whole: its last bytes are the SHA-256 of all before them.</summary>
/// <param name="client">Whom to ask.</param>
/// <param name="patience">How long the next part may take.</param>
internal sealed class BackupDownload(QuorateClient client, TimeSpan patience)
{
    /// <summary>Called when something was received.</summary>
    public Action? Progressed { get; set; }

    /// <summary>Bytes received so far.</summary>
    public long BytesReceived { get; private set; }

    /// <summary>Bytes there will be, as far as is known.</summary>
    public long BytesTotal { get; private set; }

    /// <summary>The revision of the state.</summary>
    public long Revision { get; private set; }

    /// <summary>The version that the member says it has.</summary>
    public string Version { get; private set; } = string.Empty;

    /// <exception cref="IOException">What came is not whole, or nothing came for too long.</exception>
    /// <exception cref="QuorateException">The member failed.</exception>
    public async Task RunAsync(Stream destination, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var patienceEnds = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patienceEnds.CancelAfter(patience);

        // A part is held back until the next has come: the last one is the checksum.
        ReadOnlyMemory<byte> last = default;
        try
        {
            await foreach (SnapshotResponse part in client.SnapshotAsync(cancellationToken: patienceEnds.Token))
            {
                patienceEnds.CancelAfter(patience);
                hash.AppendData(last.Span);
                last = part.Blob.Memory;
                await destination.WriteAsync(last, patienceEnds.Token);
                BytesReceived += last.Length;
                BytesTotal = BytesReceived + (long)part.RemainingBytes;
                Revision = Math.Max(Revision, part.Header?.Revision ?? 0);
                Version = part.Version;
                Progressed?.Invoke();
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"nothing came for {patience.TotalSeconds:0.#} seconds; allow more with --timeout");
        }

        if (last.Length != SHA256.HashSizeInBytes || !hash.GetHashAndReset().AsSpan().SequenceEqual(last.Span))
        {
            throw new IOException("the snapshot that was received is not whole, or was damaged on its way: its checksum does not fit");
        }
    }
}
