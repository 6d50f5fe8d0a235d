using Quorate.Raft;

namespace Quorate.Etcd.Requests;

/// <summary>Chooses ids for leases: positive, and so scattered that no two members or lives choose the same.</summary>
/// <remarks>Any thread may ask. What it chooses stands in the command, so members need not choose alike.</remarks>
internal sealed class LeaseIdSource(ulong seed)
{
    private long _chosen;

    /// <summary>The next.</summary>
    /// <param name="lastIndex">Where the log ends: it sets a later life apart, should its seed be the same.</param>
    public long Next(long lastIndex)
    {
        var random = new SeededRandom(seed ^ ((ulong)Interlocked.Increment(ref _chosen) << 40) ^ (ulong)lastIndex);
        long id = (long)(random.NextUInt64() & long.MaxValue);
        return id == 0 ? 1 : id;
    }
}
