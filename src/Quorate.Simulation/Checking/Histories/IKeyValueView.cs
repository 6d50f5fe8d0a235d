using Google.Protobuf;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>All keys as a checker believes they are at one moment.</summary>
internal interface IKeyValueView
{
    /// <summary>What is known of a key; null where nothing ever happened to it. A deleted key has a record that is not present.</summary>
    KeyRecord? Find(ByteString key);

    /// <summary>Adds the keys that are present in a range of etcd's, in order of their bytes.</summary>
    void Select(ByteString key, ByteString rangeEnd, List<KeyRecord> into);

    /// <summary>All keys as they were at an older revision; null where the view does not remember, or it is not reached.</summary>
    IKeyValueView? AtRevision(long revision);
}
