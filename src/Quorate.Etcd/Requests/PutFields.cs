using Quorate.Etcd.Protocol;

namespace Quorate.Etcd.Requests;

/// <summary>
/// What a put says, as views into the bytes it came in. Puts are most of what a log holds and every member reads each of
/// them: the message, and copies of key and value for it, would be most of what that costs.
/// </summary>
internal readonly struct PutFields
{
    // A tag is the number of the field and how it is written.
    private const uint KeyTag = (1 << 3) | LengthDelimited;
    private const uint ValueTag = (2 << 3) | LengthDelimited;
    private const uint LeaseTag = 3 << 3;
    private const uint PreviousTag = 4 << 3;
    private const uint IgnoreValueTag = 5 << 3;
    private const uint IgnoreLeaseTag = 6 << 3;
    private const uint LengthDelimited = 2;

    public ReadOnlyMemory<byte> Key { get; private init; }

    public ReadOnlyMemory<byte> Value { get; private init; }

    public long Lease { get; private init; }

    /// <summary>Whether the answer is to hold what the put replaced.</summary>
    public bool WantsPrevious { get; private init; }

    public bool IgnoreValue { get; private init; }

    public bool IgnoreLease { get; private init; }

    /// <summary>Those of a message.</summary>
    public static PutFields Of(PutRequest request) => new()
    {
        Key = request.Key.Memory,
        Value = request.Value.Memory,
        Lease = request.Lease,
        WantsPrevious = request.PrevKv,
        IgnoreValue = request.IgnoreValue,
        IgnoreLease = request.IgnoreLease,
    };

    /// <summary>
    /// Reads an encoded <see cref="PutRequest"/>. False where it holds anything but its fields in their own form: what
    /// that means, or what is wrong with it, is for the parser of messages to say.
    /// </summary>
    public static bool TryRead(ReadOnlyMemory<byte> encoded, out PutFields fields)
    {
        fields = default;
        ReadOnlySpan<byte> bytes = encoded.Span;
        int at = 0;
        while (at < bytes.Length)
        {
            if (!TryReadVarint(bytes, ref at, out ulong tag) || !TryReadVarint(bytes, ref at, out ulong number))
            {
                return false;
            }

            switch (tag)
            {
                // Of a field that comes more than once the last counts.
                case KeyTag or ValueTag when number <= (ulong)(bytes.Length - at):
                    ReadOnlyMemory<byte> content = encoded.Slice(at, (int)number);
                    fields = tag == KeyTag ? fields with { Key = content } : fields with { Value = content };
                    at += (int)number;
                    break;
                case LeaseTag:
                    fields = fields with { Lease = (long)number };
                    break;
                case PreviousTag:
                    fields = fields with { WantsPrevious = number != 0 };
                    break;
                case IgnoreValueTag:
                    fields = fields with { IgnoreValue = number != 0 };
                    break;
                case IgnoreLeaseTag:
                    fields = fields with { IgnoreLease = number != 0 };
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    private static bool TryReadVarint(ReadOnlySpan<byte> bytes, ref int at, out ulong number)
    {
        number = 0;
        for (int shift = 0; shift < 64 && at < bytes.Length; shift += 7)
        {
            byte next = bytes[at++];
            number |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
