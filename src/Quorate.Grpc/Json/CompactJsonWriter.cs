using System.Buffers;
using System.Text;

namespace Quorate.Grpc.Json;

/// <summary>Writes valid JSON as UTF-8, leaving out the spaces between its tokens, which protobuf's formatter always puts there.</summary>
internal sealed class CompactJsonWriter(IBufferWriter<byte> output) : TextWriter
{
    private const int BufferChars = 1024;

    private readonly char[] buffer = ArrayPool<char>.Shared.Rent(BufferChars);

    /// <summary>Keeps half of a surrogate pair until the other half comes.</summary>
    private readonly Encoder encoder = Encoding.UTF8.GetEncoder();
    private int length;
    private bool isInString;
    private bool isEscaped;

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        if (isInString)
        {
            if (isEscaped)
            {
                isEscaped = false;
            }
            else if (value == '\\')
            {
                isEscaped = true;
            }
            else if (value == '"')
            {
                isInString = false;
            }
        }
        else if (value == '"')
        {
            isInString = true;
        }
        else if (value is ' ' or '\t' or '\r' or '\n')
        {
            return;
        }

        if (length == BufferChars)
        {
            Encode(isEnd: false);
        }

        buffer[length++] = value;
    }

    public override void Write(string? value)
    {
        foreach (char c in value.AsSpan())
        {
            Write(c);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Encode(isEnd: true);
            ArrayPool<char>.Shared.Return(buffer);
        }

        base.Dispose(disposing);
    }

    private void Encode(bool isEnd)
    {
        encoder.Convert(buffer.AsSpan(0, length), output, isEnd, out _, out _);
        length = 0;
    }
}
