using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Quorate.Server.Import;

/// <summary>Reads the records of an import file, line by line, from a byte offset on.</summary>
public static class ImportReader
{
    /// <summary>Longest line in bytes; a longer one is an error, not a reason to take all memory.</summary>
    public const int LineBytesMax = 64 << 20;

    /// <summary>Decides what a file is by its first byte that is no white space, and goes back to its beginning.</summary>
    public static ImportFormat Detect(Stream file)
    {
        file.Position = 0;
        int first;
        do
        {
            first = file.ReadByte();
        }
        while (first is ' ' or '\t' or '\r' or '\n');
        file.Position = 0;
        return first == '{' ? ImportFormat.JsonLines : ImportFormat.KeyValueLines;
    }

    /// <summary>Reads from <paramref name="offset"/>, which is the beginning of a line, to the end. Empty lines are passed over.</summary>
    /// <exception cref="ImportException">A line is malformed; names it by its byte offset, and by its number where reading began at the beginning.</exception>
    public static async IAsyncEnumerable<ImportRecord> ReadAsync(
        Stream file, ImportFormat format, long offset, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        file.Position = offset;
        long lineNumber = 0;
        PipeReader reader = PipeReader.Create(file, new StreamPipeReaderOptions(bufferSize: 1 << 16, leaveOpen: true));
        while (true)
        {
            ReadResult read = await reader.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> bytes = read.Buffer;
            while (TryTakeLine(ref bytes, read.IsCompleted, out ReadOnlySequence<byte> line, out long taken))
            {
                long begin = offset;
                offset += taken;
                lineNumber++;
                if (!IsBlank(line))
                {
                    (byte[] key, byte[] value) = Parse(format, line, begin, lineNumber);
                    yield return new ImportRecord(key, value, offset);
                }
            }

            if (bytes.Length > LineBytesMax)
            {
                throw new ImportException($"the line at byte {offset} is longer than {LineBytesMax} bytes");
            }

            reader.AdvanceTo(bytes.Start, bytes.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        await reader.CompleteAsync();
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> bytes, bool isCompleted, out ReadOnlySequence<byte> line, out long taken)
    {
        SequencePosition? end = bytes.PositionOf((byte)'\n');
        if (end is null)
        {
            line = bytes;
            taken = bytes.Length;
            bytes = isCompleted ? bytes.Slice(bytes.End) : bytes;
            return isCompleted && taken > 0;
        }

        line = bytes.Slice(0, end.Value);
        SequencePosition next = bytes.GetPosition(1, end.Value);
        taken = line.Length + 1;
        bytes = bytes.Slice(next);
        if (line.Length > 0 && line.Slice(line.Length - 1).FirstSpan[0] == '\r')
        {
            line = line.Slice(0, line.Length - 1);
        }

        return true;
    }

    private static bool IsBlank(ReadOnlySequence<byte> line)
    {
        foreach (ReadOnlyMemory<byte> part in line)
        {
            if (part.Span.ContainsAnyExcept(" \r"u8))
            {
                return false;
            }
        }

        return true;
    }

    private static (byte[] Key, byte[] Value) Parse(ImportFormat format, ReadOnlySequence<byte> line, long begin, long lineNumber)
    {
        try
        {
            return RecordLine.Parse(format, line);
        }
        catch (FormatException e)
        {
            throw new ImportException($"line {lineNumber} (byte {begin}) cannot be read: {e.Message}", e);
        }
    }
}
