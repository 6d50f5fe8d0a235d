using System.Buffers;

namespace Quorate.Grpc.Json;

/// <summary>
/// Finds the end of one JSON object in bytes that arrive piece by piece, looking at each byte once. It knows brackets and
/// strings and nothing else: whether what it has found is valid is for the parser to say.
/// </summary>
internal struct JsonObjectScanner(int depthMax)
{
    private static readonly SearchValues<byte> InStringMarks = SearchValues.Create("\"\\"u8);
    private static readonly SearchValues<byte> OutsideMarks = SearchValues.Create("\"{}[]"u8);

    private int depth;
    private bool isInString;
    private bool isEscaped;

    /// <summary>Whether an object has begun and not ended.</summary>
    public readonly bool IsInside => depth > 0;

    /// <summary>
    /// Looks at the bytes that follow those of the last call, the first of which begins the object; true if the object
    /// ends among them.
    /// </summary>
    public bool Scan(in ReadOnlySequence<byte> bytes, out long scanned)
    {
        scanned = 0;
        foreach (ReadOnlyMemory<byte> piece in bytes)
        {
            bool isAtEnd = ScanPiece(piece.Span, out int inPiece);
            scanned += inPiece;
            if (isAtEnd)
            {
                return true;
            }
        }

        return false;
    }

    private bool ScanPiece(ReadOnlySpan<byte> piece, out int scanned)
    {
        scanned = 0;
        while (scanned < piece.Length)
        {
            if (depth == 0)
            {
                byte first = piece[scanned++];
                depth = first == '{' ? 1 : throw JsonRequestErrors.NoObject(first);
            }
            else if (isEscaped)
            {
                isEscaped = false;
                scanned++;
            }
            else
            {
                int next = piece[scanned..].IndexOfAny(isInString ? InStringMarks : OutsideMarks);
                if (next < 0)
                {
                    scanned = piece.Length;
                    return false;
                }

                scanned += next;
                if (Take(piece[scanned++]))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>True if the mark ends the object.</summary>
    private bool Take(byte mark)
    {
        switch (mark)
        {
            case (byte)'"':
                isInString = !isInString;
                return false;
            case (byte)'\\':
                isEscaped = true;
                return false;
            case (byte)'{' or (byte)'[':
                return ++depth > depthMax ? throw JsonRequestErrors.TooDeep(depthMax) : false;
            default:
                return --depth == 0;
        }
    }
}
