using Quorate.Raft;
using Quorate.Raft.Messages;
using Quorate.Storage;

namespace Quorate.Replica.Parts;

/// <summary>
/// Fills the chunks that a leader sends with the bytes of the snapshot's file, read beside the loop, and keeps that file
/// from being removed while somebody is receiving it.
/// </summary>
internal sealed class SnapshotSender(
    SnapshotStore snapshots,
    PeerSender sender,
    IReplicaListener listener,
    int idleTicksMax,
    Func<bool> isRunning,
    Action<string, Exception> failed)
{
    /// <summary>By receiver, in order of its id.</summary>
    private readonly SortedDictionary<MemberId, Transfer> _transfers = [];

    /// <summary>A damaged snapshot was met; a new one should take its place.</summary>
    public Action? Damaged { get; set; }

    /// <summary>Sends the chunk once its bytes are read. One at a time to each receiver; the leader asks again for what is passed over.</summary>
    public void Send(InstallSnapshot message)
    {
        if (!_transfers.TryGetValue(message.To, out Transfer? transfer) || !transfer.Snapshot.IsSameFileAs(message.Snapshot))
        {
            if (transfer is { IsReading: true })
            {
                return;
            }

            IDisposable? pin = snapshots.Pin(message.Snapshot);
            if (pin is null)
            {
                return;
            }

            transfer?.Pin.Dispose();
            transfer = new Transfer(message.Snapshot, pin);
            _transfers[message.To] = transfer;
        }

        transfer.IdleTicks = 0;
        if (transfer.IsReading)
        {
            return;
        }

        if (message.ChunkLength == 0)
        {
            sender.Send(message);
            return;
        }

        if (message.Offset == 0 && transfer.HasReachedEnd)
        {
            Check(message, transfer);
            return;
        }

        Read(message, transfer);
    }

    private void Read(InstallSnapshot message, Transfer transfer)
    {
        transfer.IsReading = true;
        transfer.HasReachedEnd |= message.Offset + message.ChunkLength == message.Snapshot.Length;
        byte[] bytes = new byte[message.ChunkLength];
        snapshots.ReadChunk(message.Snapshot, message.Offset, bytes, error =>
        {
            transfer.IsReading = false;
            if (!isRunning())
            {
                return;
            }

            if (error is null)
            {
                sender.Send(message with { Data = bytes });
            }
            else
            {
                Ended(message.Snapshot, error);
            }
        });
    }

    /// <summary>
    /// All of it was sent, and the follower begins anew: it has found it damaged, or has lost it. It is not to be sent round and
    /// round if it is this member's file that is damaged.
    /// </summary>
    private void Check(InstallSnapshot message, Transfer transfer)
    {
        transfer.IsReading = true;
        snapshots.Check(message.Snapshot, error =>
        {
            transfer.IsReading = false;
            transfer.HasReachedEnd = false;
            if (!isRunning())
            {
                return;
            }

            if (error is null)
            {
                Read(message, transfer);
            }
            else
            {
                Ended(message.Snapshot, error);
            }
        });
    }

    private void Ended(SnapshotMetadata snapshot, Exception error)
    {
        switch (error)
        {
            case SnapshotGoneException:
                break;
            case SnapshotDamagedException damaged:
                listener.SnapshotRefused(snapshot, $"this member's '{damaged.Path}' is damaged at offset {damaged.Offset}: {damaged.Problem}; another takes its place");
                Damaged?.Invoke();
                break;
            default:
                failed("reading a snapshot failed", error);
                break;
        }
    }

    /// <summary>One tick: lets go of what nobody has asked for in a while.</summary>
    public void Tick()
    {
        if (_transfers.Count == 0)
        {
            return;
        }

        List<MemberId>? idle = null;
        foreach ((MemberId member, Transfer transfer) in _transfers)
        {
            if (!transfer.IsReading && ++transfer.IdleTicks > idleTicksMax)
            {
                transfer.Pin.Dispose();
                (idle ??= []).Add(member);
            }
        }

        foreach (MemberId member in idle ?? [])
        {
            _transfers.Remove(member);
        }
    }

    private sealed class Transfer(SnapshotMetadata snapshot, IDisposable pin)
    {
        public SnapshotMetadata Snapshot { get; } = snapshot;

        public IDisposable Pin { get; } = pin;

        public bool IsReading { get; set; }

        /// <summary>Its last bytes were sent, since it was last found in order.</summary>
        public bool HasReachedEnd { get; set; }

        public int IdleTicks { get; set; }
    }
}
