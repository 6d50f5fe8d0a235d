namespace Quorate.Replica.Wire;

/// <summary>
/// The body of <see cref="ForwardProposals"/>. Each command begins with its <see cref="CommandHeader"/>, whose origin is
/// the sender.
/// <code>
///  0             8          16      20
/// +-------------+----------+-------+--------------+-----------+-----
/// | incarnation | sequence | count | u32 length … | command 1 | …
/// +-------------+----------+-------+--------------+-----------+-----
/// </code>
/// </summary>
internal static class ForwardProposalsBody
{
    /// <summary>A command takes at least so many bytes: its length and its header.</summary>
    public const int CommandBytesMin = sizeof(uint) + CommandHeader.Length;

    /// <summary>How long the part is that holds the commands.</summary>
    public static int BytesOfCommands(ForwardProposals forward)
    {
        int bytes = 0;
        foreach (ReadOnlyMemory<byte> command in forward.Commands)
        {
            bytes += sizeof(uint) + command.Length;
        }

        return bytes;
    }

    public static void Write(FrameWriter writer, ForwardProposals forward)
    {
        writer.UInt64(forward.Incarnation);
        writer.UInt64(forward.Sequence);
        writer.Count(forward.Commands.Length);
        foreach (ReadOnlyMemory<byte> command in forward.Commands)
        {
            writer.Count(command.Length);
        }

        foreach (ReadOnlyMemory<byte> command in forward.Commands)
        {
            writer.Bytes(command.Span);
        }
    }

    public static ForwardProposals? Read(ref FrameReader reader, in FrameHeader header)
    {
        ulong incarnation = reader.UInt64();
        ulong sequence = reader.UInt64();
        int count = reader.Count(CommandBytesMin);
        FrameReader lengths = new(reader.Bytes(count * sizeof(uint)));
        if (reader.Failed || sequence == 0)
        {
            return null;
        }

        ReadOnlyMemory<byte> region = reader.CopyRest();
        var commands = new ReadOnlyMemory<byte>[count];
        int offset = 0;
        for (int i = 0; i < count; i++)
        {
            uint length = lengths.UInt32();
            if (length < CommandHeader.Length || length > region.Length - offset)
            {
                return null;
            }

            commands[i] = region.Slice(offset, (int)length);
            if (CommandHeader.Read(commands[i].Span).Origin != header.From)
            {
                return null;
            }

            offset += (int)length;
        }

        if (offset != region.Length)
        {
            return null;
        }

        return new ForwardProposals
        {
            From = header.From,
            To = header.To,
            Term = header.Term,
            Incarnation = incarnation,
            Sequence = sequence,
            Commands = commands,
        };
    }
}
