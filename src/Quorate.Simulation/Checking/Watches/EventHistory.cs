using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.KeyValue;

namespace Quorate.Simulation.Checking.Watches;

/// <summary>
/// Every change that the cluster has committed, in order, never compacted: what watches are measured by. It is gathered
/// from what members publish, each revision from whoever is first.
/// </summary>
public sealed class EventHistory
{
    private readonly List<Event> _events = [];
    private readonly Dictionary<ByteString, Etcd.Protocol.KeyValue> _present = [];

    /// <summary>Everything up to this revision is in it.</summary>
    public long Revision { get; private set; } = 1;

    /// <summary>All changes; each with what it replaced.</summary>
    public IReadOnlyList<Event> Events => _events;

    /// <summary>Takes what is new in a version that a member has published.</summary>
    public void Observe(StoreHistory version)
    {
        ArgumentNullException.ThrowIfNull(version);

        // Nobody compacts what was not published before, so there is a gap only where something is broken anyway.
        if (version.Revision > Revision && Revision + 1 >= version.CompactRevision)
        {
            foreach (KeyValueEvent change in version.Events(Revision + 1, version.Revision, KeyRange.From(default)))
            {
                KeyValueRecord record = change.Record;
                Add(change.Kind == KeyValueEventKind.Delete, new Etcd.Protocol.KeyValue
                {
                    Key = ByteString.CopyFrom(record.Key.Span),
                    Value = ByteString.CopyFrom(record.Value.Span),
                    CreateRevision = record.CreateRevision,
                    ModRevision = record.ModRevision,
                    Version = record.Version,
                    Lease = record.Lease,
                });
            }

            Revision = version.Revision;
        }
    }

    /// <summary>Adds the next change.</summary>
    public void Add(bool isDeletion, Etcd.Protocol.KeyValue record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var change = new Event { Type = isDeletion ? Event.Types.EventType.Delete : Event.Types.EventType.Put, Kv = record };
        if (_present.TryGetValue(record.Key, out Etcd.Protocol.KeyValue? previous))
        {
            change.PrevKv = previous;
        }

        if (isDeletion)
        {
            _present.Remove(record.Key);
        }
        else
        {
            _present[record.Key] = record;
        }

        _events.Add(change);
        Revision = Math.Max(Revision, record.ModRevision);
    }
}
