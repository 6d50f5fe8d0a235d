namespace Quorate.Etcd.Watches;

/// <summary>Reasons of cancellation. Those that etcd has are etcd's to the letter.</summary>
public static class WatchTexts
{
    /// <summary>The range ends at or before its first key.</summary>
    public const string EmptyRange = "mvcc: watcher range is empty";

    /// <summary>The id that the client chose is in use in the stream.</summary>
    public const string DuplicateId = "mvcc: duplicate watch ID provided on the WatchStream";

    /// <summary>The history from the next revision on is gone. etcd leaves this reason out and tells the compact revision only.</summary>
    public const string Compacted = "etcdserver: mvcc: required revision has been compacted";

    /// <summary>The stream has all the watches that it may have.</summary>
    public const string TooManyInStream = "quorate: too many watches in this stream; cancel some or open another";

    /// <summary>The member has all the watches that it may have.</summary>
    public const string TooManyInMember = "quorate: too many watches at this member; cancel some or ask another member";
}
