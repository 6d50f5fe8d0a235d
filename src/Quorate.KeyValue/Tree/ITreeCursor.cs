namespace Quorate.KeyValue.Tree;

/// <summary>A walk over the entries of a range, in one direction or the other.</summary>
internal interface ITreeCursor
{
    /// <summary>The next entry, deleted keys included; null at the end.</summary>
    KeyEntry? NextEntry();

    /// <summary>The newest version of the next key that is present; null at the end.</summary>
    KeyRevision? NextLive();
}
