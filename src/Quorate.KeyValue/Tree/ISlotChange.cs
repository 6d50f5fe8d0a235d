using Quorate.KeyValue.Records;

namespace Quorate.KeyValue.Tree;

/// <summary>What is to become of a key's slot, decided where it is found: the tree is descended once.</summary>
internal interface ISlotChange
{
    /// <summary>The newest version that the key is to have. Called once, before the tree holds any of it.</summary>
    /// <param name="before">The newest version it has; none where the key is not there.</param>
    RecordHandle Make(RecordHandle before);
}
