using System.Globalization;

namespace Quorate.Etcd.Protocol;

/// <summary>The keys by which leases stand in the queues of locks and elections.</summary>
public static class LeaseKeys
{
    /// <summary>
    /// What follows the name in such a key: the lease's id in hexadecimal digits, as Go writes them, so that one lease has
    /// one place whoever asks for it. That is <c>-7</c> and not <c>fffffffffffffff9</c>.
    /// </summary>
    public static string SuffixOf(long lease) => lease < 0
        ? string.Create(CultureInfo.InvariantCulture, $"-{unchecked((ulong)-lease):x}")
        : lease.ToString("x", CultureInfo.InvariantCulture);
}
