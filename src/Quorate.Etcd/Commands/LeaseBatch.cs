using System.Buffers.Binary;
using Quorate.KeyValue.Leases;
using Quorate.Replica;

namespace Quorate.Etcd.Commands;

/// <summary>
/// What a leader has found of leases, as a command: those that have expired, or how much time is left to those that are
/// checkpointed.
/// <code>
///  0      1    9                17
/// +------+----+----------------+----------------------+---
/// | kind | id | renewal number | milliseconds left …  |     little-endian; 24 bytes for each lease
/// +------+----+----------------+----------------------+---
/// </code>
/// </summary>
internal static class LeaseBatch
{
    private const int EntryLength = 3 * sizeof(long);

    /// <summary>The buffer of a proposal.</summary>
    public static Memory<byte> CreateProposalBuffer(CommandKind kind, List<LeaseDue> leases)
    {
        byte[] buffer = new byte[Proposal.HeaderLength + Command.PrefixLength + (leases.Count * EntryLength)];
        buffer[Proposal.HeaderLength] = (byte)kind;
        Span<byte> rest = buffer.AsSpan(Proposal.HeaderLength + Command.PrefixLength);
        foreach (LeaseDue lease in leases)
        {
            BinaryPrimitives.WriteInt64LittleEndian(rest, lease.Id);
            BinaryPrimitives.WriteInt64LittleEndian(rest[8..], lease.RenewedAt);
            BinaryPrimitives.WriteInt64LittleEndian(rest[16..], lease.RemainingMilliseconds);
            rest = rest[EntryLength..];
        }

        return buffer;
    }

    /// <summary>Reads it, in the order in which it was written.</summary>
    /// <exception cref="UnknownCommandException">The bytes are no such list.</exception>
    public static LeaseDue[] Parse(in AppliedCommand command)
    {
        ReadOnlySpan<byte> rest = command.Command.Span[Command.PrefixLength..];
        if (rest.Length % EntryLength != 0)
        {
            throw new UnknownCommandException(command.Index, "its bytes are no list of leases");
        }

        var leases = new LeaseDue[rest.Length / EntryLength];
        for (int i = 0; i < leases.Length; i++)
        {
            leases[i] = new LeaseDue(
                BinaryPrimitives.ReadInt64LittleEndian(rest),
                BinaryPrimitives.ReadInt64LittleEndian(rest[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(rest[16..]));
            rest = rest[EntryLength..];
        }

        return leases;
    }
}
