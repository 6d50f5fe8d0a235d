using Quorate.Raft;
using Quorate.Raft.Messages;

namespace Quorate.Replica.Wire;

/// <summary>
/// The body of <see cref="AppendEntries"/>. The indexes are those that follow the previous entry. All commands stand together
/// at the end, so that one copy of that region becomes the memory of all entries.
/// <code>
///  0          16             24           32        33      37
/// +----------+--------------+------------+---------+-------+-----------------------------------+------------+-----
/// | previous | commit index | read round | answer? | count | (i64 term | u32 length | u8 kind) … | command 1 | …
/// +----------+--------------+------------+---------+-------+-----------------------------------+------------+-----
/// </code>
/// </summary>
internal static class AppendEntriesBody
{
    /// <summary>i64 term, u32 length, u8 kind.</summary>
    public const int EntryHeaderBytes = sizeof(long) + sizeof(uint) + sizeof(byte);

    /// <summary>How long the part is that holds the entries.</summary>
    public static int BytesOfEntries(AppendEntries append)
    {
        int bytes = 0;
        foreach (ref readonly Entry entry in append.Entries.Span)
        {
            bytes += EntryHeaderBytes + entry.Command.Length;
        }

        return bytes;
    }

    public static void Write(FrameWriter writer, AppendEntries append)
    {
        ReadOnlySpan<Entry> entries = append.Entries.Span;
        writer.Position(append.Previous);
        writer.Int64(append.CommitIndex);
        writer.Int64(append.ReadRound);
        writer.Flag(append.WantsAnswer);
        writer.Count(entries.Length);
        foreach (ref readonly Entry entry in entries)
        {
            writer.Int64(entry.Term);
            writer.Count(entry.Command.Length);
            writer.Byte((byte)entry.Kind);
        }

        foreach (ref readonly Entry entry in entries)
        {
            writer.Bytes(entry.Command.Span);
        }
    }

    public static AppendEntries? Read(ref FrameReader reader, in FrameHeader header)
    {
        LogPosition previous = reader.Position();
        long commitIndex = reader.Int64();
        long readRound = reader.Int64();
        bool wantsAnswer = reader.Flag();
        int count = reader.Count(EntryHeaderBytes);
        reader.Require(previous.Index <= long.MaxValue - count);
        FrameReader headers = new(reader.Bytes(count * EntryHeaderBytes));
        if (reader.Failed)
        {
            return null;
        }

        ReadOnlyMemory<byte> commands = reader.CopyRest();
        Entry[] entries = count == 0 ? [] : new Entry[count];
        long term = previous.Term;
        int offset = 0;
        for (int i = 0; i < count; i++)
        {
            long entryTerm = headers.Int64();
            uint length = headers.UInt32();
            byte kind = headers.Byte();

            // Terms in a log never fall, and no entry is newer than its leader.
            if (headers.Failed || entryTerm < term || entryTerm > header.Term || kind > (byte)EntryKind.Configuration
                || length > commands.Length - offset)
            {
                return null;
            }

            entries[i] = new Entry(
                entryTerm, previous.Index + 1 + i, (EntryKind)kind, commands.Slice(offset, (int)length));
            if (kind == (byte)EntryKind.Configuration && !IsConfiguration(entries[i].Command.Span))
            {
                return null;
            }

            term = entryTerm;
            offset += (int)length;
        }

        if (offset != commands.Length)
        {
            return null;
        }

        return new AppendEntries
        {
            From = header.From,
            To = header.To,
            Term = header.Term,
            Previous = previous,
            CommitIndex = commitIndex,
            ReadRound = readRound,
            WantsAnswer = wantsAnswer,
            Entries = entries,
        };
    }

    private static bool IsConfiguration(ReadOnlySpan<byte> command)
    {
        try
        {
            ConfigurationCodec.Decode(command);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
