namespace Quorate.KeyValue.Tree;

/// <summary>Gives a key an entry, whatever it had.</summary>
internal readonly struct SetEntry(KeyEntry entry) : ISlotChange
{
    public KeyEntry Make(KeyEntry? before) => entry;
}
