using Quorate.KeyValue.Records;

namespace Quorate.KeyValue.Tree;

/// <summary>Gives a key an entry, whatever it had.</summary>
internal readonly struct SetEntry(RecordHandle entry) : ISlotChange
{
    public RecordHandle Make(RecordHandle before) => entry;
}
