using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Quorate.Raft;

namespace Quorate.Runtime;

/// <summary>
/// Ids that all members work out for themselves, without asking each other, from the settings that they share: what a
/// cluster is made of when it is first started, and a token that tells it from others of the same addresses.
/// </summary>
public static class ClusterIdentity
{
    /// <summary>
    /// The id of a member: the first eight bytes, big-endian, of the SHA-256 of the sorted addresses of the member and
    /// the token, each ended by a line feed.
    /// </summary>
    /// <param name="peerAddresses">Where the other members find it: URLs, or whatever names it alike on all members.</param>
    /// <param name="clusterToken">Tells the cluster from others.</param>
    public static MemberId MemberIdOf(IEnumerable<string> peerAddresses, string clusterToken)
    {
        ArgumentNullException.ThrowIfNull(peerAddresses);
        var text = new StringBuilder();
        foreach (string address in peerAddresses.Order(StringComparer.Ordinal))
        {
            text.Append(address).Append('\n');
        }

        text.Append(clusterToken).Append('\n');
        return new MemberId(FirstBytes(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()))));
    }

    /// <summary>The id of a cluster: the first eight bytes, big-endian, of the SHA-256 of its members' sorted ids, each big-endian.</summary>
    /// <param name="members">Who is in it when it is first started.</param>
    public static ulong ClusterIdOf(IEnumerable<MemberId> members)
    {
        MemberId[] sorted = [.. members.Order()];
        byte[] bytes = new byte[sorted.Length * sizeof(ulong)];
        for (int i = 0; i < sorted.Length; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(i * sizeof(ulong)), sorted[i].Value);
        }

        return FirstBytes(SHA256.HashData(bytes));
    }

    /// <summary>Zero names nobody, so the one hash in 2^64 that is zero is taken for one.</summary>
    private static ulong FirstBytes(byte[] hash) => Math.Max(BinaryPrimitives.ReadUInt64BigEndian(hash), 1);
}
