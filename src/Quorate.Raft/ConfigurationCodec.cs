using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Quorate.Raft;

/// <summary>The bytes of a <see cref="Configuration"/>, as entries and snapshots carry it.</summary>
/// <remarks>
/// Little-endian:
/// <code>
/// +---------+--------+----------+----------+------------+-----------+------------+
/// | version | voters | learners | outgoing | voters ids | learners' | outgoing's |
/// | u8 = 1  | u16    | u16      | u16      | u64 each   | u64 each  | u64 each   |
/// +---------+--------+----------+----------+------------+-----------+------------+
/// </code>
/// Nothing may follow.
/// </remarks>
public static class ConfigurationCodec
{
    private const byte Version = 1;
    private const int HeaderLength = 7;

    /// <summary>The bytes of a configuration.</summary>
    public static byte[] Encode(Configuration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        int ids = configuration.Voters.Length + configuration.Learners.Length + configuration.OutgoingVoters.Length;
        byte[] bytes = new byte[HeaderLength + (ids * sizeof(ulong))];
        bytes[0] = Version;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(1), checked((ushort)configuration.Voters.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(3), checked((ushort)configuration.Learners.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(5), checked((ushort)configuration.OutgoingVoters.Length));
        Span<byte> rest = bytes.AsSpan(HeaderLength);
        Write(ref rest, configuration.Voters);
        Write(ref rest, configuration.Learners);
        Write(ref rest, configuration.OutgoingVoters);
        return bytes;
    }

    /// <summary>The configuration that bytes stand for.</summary>
    /// <exception cref="FormatException">They stand for none, or are of a newer version.</exception>
    public static Configuration Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderLength)
        {
            throw new FormatException($"a configuration has at least {HeaderLength} bytes, these are {bytes.Length}");
        }

        if (bytes[0] != Version)
        {
            throw new FormatException($"a configuration of version {bytes[0]} is unknown; this program reads version {Version}");
        }

        int voters = BinaryPrimitives.ReadUInt16LittleEndian(bytes[1..]);
        int learners = BinaryPrimitives.ReadUInt16LittleEndian(bytes[3..]);
        int outgoing = BinaryPrimitives.ReadUInt16LittleEndian(bytes[5..]);
        ReadOnlySpan<byte> rest = bytes[HeaderLength..];
        if (rest.Length != (voters + learners + outgoing) * sizeof(ulong))
        {
            throw new FormatException($"a configuration of {voters}, {learners} and {outgoing} members does not have {bytes.Length} bytes");
        }

        ImmutableArray<MemberId> voterIds = Read(ref rest, voters);
        ImmutableArray<MemberId> learnerIds = Read(ref rest, learners);
        ImmutableArray<MemberId> outgoingIds = Read(ref rest, outgoing);
        try
        {
            return new Configuration(voterIds, learnerIds, outgoingIds);
        }
        catch (ArgumentException exception)
        {
            throw new FormatException(exception.Message, exception);
        }
    }

    private static void Write(ref Span<byte> rest, ImmutableArray<MemberId> members)
    {
        foreach (MemberId member in members)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(rest, member.Value);
            rest = rest[sizeof(ulong)..];
        }
    }

    private static ImmutableArray<MemberId> Read(ref ReadOnlySpan<byte> rest, int count)
    {
        var members = ImmutableArray.CreateBuilder<MemberId>(count);
        for (int i = 0; i < count; i++)
        {
            members.Add(new MemberId(BinaryPrimitives.ReadUInt64LittleEndian(rest)));
            rest = rest[sizeof(ulong)..];
        }

        return members.MoveToImmutable();
    }
}
