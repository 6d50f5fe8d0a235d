using System.Buffers;

namespace Quorate.Grpc.Json;

/// <summary>
/// Finds the end of one JSON object in bytes that arrive piece by piece, looking at each byte once. It knows brackets and
/// strings and nothing else: whether what it has found is valid is for the parser to say.
/// </summary>
internal struct JsonObjectScanner(int depthMax)
{
    private static readonly SearchValues<byte> s_inStringMarks = SearchValues.Create("\"\\"u8);
    private static readonly SearchValues<byte> s_outsideMarks = SearchValues.Create("\"{}[]"u8);

    private int _depth;
    private bool _isInString;
    private bool _isEscaped;

    /// <summary>Whether an object has begun and not ended.</summary>
    public readonly bool IsInside => _depth > 0;

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
            if (_depth == 0)
            {
                byte first = piece[scanned++];
                _depth = first == '{' ? 1 : throw JsonRequestErrors.NoObject(first);
            }
            else if (_isEscaped)
            {
                _isEscaped = false;
                scanned++;
            }
            else
            {
                int next = piece[scanned..].IndexOfAny(_isInString ? s_inStringMarks : s_outsideMarks);
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
                _isInString = !_isInString;
                return false;
            case (byte)'\\':
                _isEscaped = true;
                return false;
            case (byte)'{' or (byte)'[':
                return ++_depth > depthMax ? throw JsonRequestErrors.TooDeep(depthMax) : false;
            default:
                return --_depth == 0;
        }
    }
}
