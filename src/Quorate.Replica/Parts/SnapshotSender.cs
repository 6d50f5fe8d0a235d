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
    FrameSender sender,
    IReplicaListener listener,
    int idleTicksMax,
    Func<bool> isRunning,
    Action<string, Exception> failed)
{
    /// <summary>By receiver, in order of its id.</summary>
    private readonly SortedDictionary<MemberId, Sending> _underWay = [];

    /// <summary>A damaged snapshot was met; a new one should take its place.</summary>
    public Action? Damaged { get; set; }

    /// <summary>Sends the chunk once its bytes are read. One at a time to each receiver; the leader asks again for what is passed over.</summary>
    public void Send(InstallSnapshot message)
    {
        if (!_underWay.TryGetValue(message.To, out Sending? sending) || !sending.Snapshot.IsSameFileAs(message.Snapshot))
        {
            if (sending is { IsReading: true })
            {
                return;
            }

            IDisposable? pin = snapshots.Pin(message.Snapshot);
            if (pin is null)
            {
                return;
            }

            sending?.Pin.Dispose();
            sending = new Sending(message.Snapshot, pin);
            _underWay[message.To] = sending;
        }

        sending.IdleTicks = 0;
        if (sending.IsReading)
        {
            return;
        }

        if (message.ChunkLength == 0)
        {
            sender.Send(message);
            return;
        }

        if (message.Offset == 0 && sending.HasReachedEnd)
        {
            Check(message, sending);
            return;
        }

        Read(message, sending);
    }

    private void Read(InstallSnapshot message, Sending sending)
    {
        sending.IsReading = true;
        sending.HasReachedEnd |= message.Offset + message.ChunkLength == message.Snapshot.Length;
        byte[] bytes = new byte[message.ChunkLength];
        snapshots.ReadChunk(message.Snapshot, message.Offset, bytes, error =>
        {
            sending.IsReading = false;
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
    private void Check(InstallSnapshot message, Sending sending)
    {
        sending.IsReading = true;
        snapshots.Check(message.Snapshot, error =>
        {
            sending.IsReading = false;
            sending.HasReachedEnd = false;
            if (!isRunning())
            {
                return;
            }

            if (error is null)
            {
                Read(message, sending);
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
        if (_underWay.Count == 0)
        {
            return;
        }

        List<MemberId>? idle = null;
        foreach ((MemberId member, Sending sending) in _underWay)
        {
            if (!sending.IsReading && ++sending.IdleTicks > idleTicksMax)
            {
                sending.Pin.Dispose();
                (idle ??= []).Add(member);
            }
        }

        foreach (MemberId member in idle ?? [])
        {
            _underWay.Remove(member);
        }
    }

    private sealed class Sending(SnapshotMetadata snapshot, IDisposable pin)
    {
        public SnapshotMetadata Snapshot { get; } = snapshot;

        public IDisposable Pin { get; } = pin;

        public bool IsReading { get; set; }

        /// <summary>Its last bytes were sent, since it was last found in order.</summary>
        public bool HasReachedEnd { get; set; }

        public int IdleTicks { get; set; }
    }
}
