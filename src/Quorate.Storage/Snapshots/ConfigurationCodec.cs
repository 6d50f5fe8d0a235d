using System.Buffers.Binary;
using Quorate.Raft;

namespace Quorate.Storage;

/// <summary>
/// A configuration in bytes: three counts (4 each) of voters, learners and outgoing voters, then their ids (8 each) in
/// that order. Little-endian.
/// </summary>
internal static class ConfigurationCodec
{
    private const int CountsSize = 12;
    private const int IdSize = 8;

    public static byte[] Encode(Configuration configuration)
    {
        byte[] bytes = new byte[
            CountsSize + (IdSize * (configuration.Voters.Length + configuration.Learners.Length + configuration.OutgoingVoters.Length))];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, configuration.Voters.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), configuration.Learners.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), configuration.OutgoingVoters.Length);
        int at = CountsSize;
        foreach (MemberId member in configuration.Voters.Concat(configuration.Learners).Concat(configuration.OutgoingVoters))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), member.Value);
            at += IdSize;
        }

        return bytes;
    }

    /// <summary>Null where the bytes are no configuration.</summary>
    public static Configuration? TryDecode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < CountsSize)
        {
            return null;
        }

        uint voters = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        uint learners = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        uint outgoing = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (bytes.Length - CountsSize != ((long)voters + learners + outgoing) * IdSize)
        {
            return null;
        }

        ReadOnlySpan<byte> ids = bytes[CountsSize..];
        MemberId[] voterIds = ReadIds(ref ids, (int)voters);
        MemberId[] learnerIds = ReadIds(ref ids, (int)learners);
        MemberId[] outgoingIds = ReadIds(ref ids, (int)outgoing);
        bool overlap = learnerIds.Any(learner => voterIds.Contains(learner) || outgoingIds.Contains(learner));
        return overlap ? null : new Configuration(voterIds, learnerIds, outgoingIds);
    }

    private static MemberId[] ReadIds(ref ReadOnlySpan<byte> ids, int count)
    {
        MemberId[] members = new MemberId[count];
        for (int i = 0; i < count; i++)
        {
            members[i] = new MemberId(BinaryPrimitives.ReadUInt64LittleEndian(ids[(i * IdSize)..]));
        }

        ids = ids[(count * IdSize)..];
        return members;
    }
}
