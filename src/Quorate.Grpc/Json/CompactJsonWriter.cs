using System.Buffers;
using System.Text;

namespace Quorate.Grpc.Json;

/// <summary>Writes valid JSON as UTF-8, leaving out the spaces between its tokens, which protobuf's formatter always puts there.</summary>
internal sealed class CompactJsonWriter(IBufferWriter<byte> output) : TextWriter
{
    private const int BufferChars = 1024;

    private readonly char[] _buffer = ArrayPool<char>.Shared.Rent(BufferChars);

    /// <summary>Keeps half of a surrogate pair until the other half comes.</summary>
    private readonly Encoder _encoder = Encoding.UTF8.GetEncoder();
    private int _length;
    private bool _isInString;
    private bool _isEscaped;

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        if (_isInString)
        {
            if (_isEscaped)
            {
                _isEscaped = false;
            }
            else if (value == '\\')
            {
                _isEscaped = true;
            }
            else if (value == '"')
            {
                _isInString = false;
            }
        }
        else if (value == '"')
        {
            _isInString = true;
        }
        else if (value is ' ' or '\t' or '\r' or '\n')
        {
            return;
        }

        if (_length == BufferChars)
        {
            Encode(isEnd: false);
        }

        _buffer[_length++] = value;
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
            ArrayPool<char>.Shared.Return(_buffer);
        }

        base.Dispose(disposing);
    }

    private void Encode(bool isEnd)
    {
        _encoder.Convert(_buffer.AsSpan(0, _length), output, isEnd, out _, out _);
        _length = 0;
    }
}
