namespace Quorate.KeyValue.Tree;

/// <summary>What is to become of a key's slot, decided where it is found: the tree is descended once.</summary>
internal interface ISlotChange
{
    /// <summary>The entry that the key is to have. Called once, before the tree holds any of it.</summary>
    /// <param name="before">The entry it has; null where there is none.</param>
    KeyEntry Make(KeyEntry? before);
}
