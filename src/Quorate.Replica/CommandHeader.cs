using System.Buffers.Binary;
using Quorate.Raft;

namespace Quorate.Replica;

/// <summary>
/// The first bytes of every command in the log. They let the member that proposed it recognise it when it is applied,
/// wherever it was appended and whatever answers were lost on the way.
/// <code>
///  0               8              16
/// +---------------+---------------+----------
/// | origin member | number        | payload …      little-endian
/// +---------------+---------------+----------
/// </code>
/// </summary>
/// <param name="Origin">The member whose client proposed the command.</param>
/// <param name="Number">The origin's own number for it, never used again, also not after a restart.</param>
internal readonly record struct CommandHeader(MemberId Origin, ulong Number)
{
    public const int Length = 16;

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, Origin.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], Number);
    }

    public static CommandHeader Read(ReadOnlySpan<byte> source) =>
        new(new MemberId(BinaryPrimitives.ReadUInt64LittleEndian(source)), BinaryPrimitives.ReadUInt64LittleEndian(source[8..]));
}
