using System.Text;
using Quorate.KeyValue;
using Quorate.KeyValue.Leases;
using Quorate.Raft;

namespace Quorate.Simulation.Checking.Leases;

/// <summary>
/// Keys and leases fit each other: a key is there only as long as the lease that it names, each lease knows exactly the
/// keys that name it, and an acknowledged key is there as long as its lease.
/// </summary>
public static class AttachedKeys
{
    /// <summary>Name of the property.</summary>
    public const string Property = "attached keys";

    /// <summary>Checks the state of one member.</summary>
    /// <param name="member">The member.</param>
    /// <param name="leases">Its leases.</param>
    /// <param name="store">Its store, of the same moment.</param>
    /// <param name="acknowledged">Keys whose puts were answered and that nobody has deleted, and the lease of each.</param>
    /// <exception cref="PropertyViolatedException">They do not fit.</exception>
    public static void Require(MemberId member, LeaseVersion leases, StoreVersion store, IEnumerable<(string Key, long Lease)> acknowledged)
    {
        ArgumentNullException.ThrowIfNull(leases);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(acknowledged);
        SortedSet<(long Lease, string Key)> named = [.. store.LeasedKeys().Select(static pair => (pair.Lease, TextOf(pair.Key)))];
        foreach ((long id, string key) in named)
        {
            if (leases.Find(id) is null)
            {
                throw new PropertyViolatedException(Property, $"member {member} has key {key} of lease {id:x}, which is gone");
            }
        }

        SortedSet<(long Lease, string Key)> known = [.. leases.All.SelectMany(static lease => lease.Keys.Select(key => (lease.Id, TextOf(key))))];
        if (!known.SetEquals(named))
        {
            throw new PropertyViolatedException(Property, $"member {member}: leases know of {known.Count} keys, {named.Count} keys name a lease, and they are not the same");
        }

        foreach ((string key, long id) in acknowledged)
        {
            if (leases.Find(id) is not null && !named.Contains((id, key)))
            {
                throw new PropertyViolatedException(Property, $"member {member} does not have key {key}, which was acknowledged and whose lease {id:x} is there");
            }
        }
    }

    private static string TextOf(ReadOnlyMemory<byte> key) => Encoding.UTF8.GetString(key.Span);
}
