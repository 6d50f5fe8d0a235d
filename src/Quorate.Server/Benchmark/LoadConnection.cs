using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Quorate.Server.Http;

namespace Quorate.Server.Benchmark;

/// <summary>
/// One connection of HTTP/2 that costs next to nothing: what is measured is the server, and both share the machine.
/// One thread sends what its calls want, waits for bytes, and hands the frames that came to its kind of load.
/// </summary>
/// <remarks>
/// It speaks as much of RFC 9113 as gRPC's servers need: header fields are encoded once and then referred to, as gRPC's
/// clients do; flow control is respected in both directions; trailers are recognised by their flag and not decoded, since
/// a call that fails has no message. Not for any other use.
/// </remarks>
internal abstract class LoadConnection : IDisposable
{
    private const byte DataType = 0;
    private const byte ResetType = 3;
    private const byte SettingsType = 4;
    private const byte PingType = 6;
    private const byte GoAwayType = 7;
    private const byte WindowUpdateType = 8;
    private const byte EndStreamFlag = 1;
    private const byte AckFlag = 1;
    private const byte EndHeadersFlag = 4;

    private const int InitialWindowBytes = 65_535;
    private const int OwnStreamWindowBytes = 1 << 30;
    private const int OwnConnectionWindowBytes = 1 << 29;

    /// <summary>How long nothing at all may come before the server is taken for dead.</summary>
    private static readonly TimeSpan s_silenceMax = TimeSpan.FromSeconds(20);

    /// <summary>How often a load that hears nothing is asked whether it is over.</summary>
    private static readonly TimeSpan s_receivePatience = TimeSpan.FromMilliseconds(200);

    private readonly EndPoint _endPoint;
    private readonly Socket _socket;
    private readonly byte[] _firstHeaders;
    private readonly byte[] _input = new byte[1 << 18];
    private byte[] _output = new byte[1 << 16];
    private int _outputBytes;
    private int _inputBytes;
    private int _nextStream = 1;
    private long _receivedSinceUpdate;
    private long _sendWindow = InitialWindowBytes;
    private int _streamsMax = int.MaxValue;
    private bool _hasSettings;
    private TimeSpan _silence;

    /// <exception cref="IOException">Nobody listens there.</exception>
    protected LoadConnection(EndPoint endPoint, string path)
    {
        _endPoint = endPoint;
        _firstHeaders = EncodeHeaders(path, endPoint.ToString()!);
        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = (int)s_receivePatience.TotalMilliseconds,
        };
        try
        {
            _socket.Connect(endPoint);
        }
        catch (SocketException e)
        {
            throw Gone($"cannot connect to {endPoint}: {TextOf(e)}", e);
        }
    }

    /// <summary>Bytes that one stream may carry to the server before the server has to ask for more.</summary>
    protected int StreamWindowBytes { get; private set; } = InitialWindowBytes;

    public void Dispose() => _socket.Dispose();

    /// <summary>Runs until the load wants no more. Blocks.</summary>
    /// <exception cref="IOException">The connection broke, or the server refused it.</exception>
    public void Run(int streams)
    {
        try
        {
            SendPreface();
            while (!_hasSettings)
            {
                Receive();
            }

            if (streams > _streamsMax)
            {
                throw new IOException($"{_endPoint} takes {_streamsMax} calls at a time on a connection, and {streams} are wanted; use more connections");
            }

            Begin();
            Flush();
            while (!IsOver)
            {
                Receive();
                Flush();
            }
        }
        catch (SocketException e)
        {
            throw Gone($"the connection to {_endPoint} broke: {TextOf(e)}", e);
        }
    }

    /// <summary>Whether nothing is waited for any more.</summary>
    protected abstract bool IsOver { get; }

    /// <summary>The connection stands.</summary>
    protected abstract void Begin();

    /// <summary>A part of an answer has come.</summary>
    protected abstract void Received(int stream, ReadOnlySpan<byte> data);

    /// <summary>A call has ended.</summary>
    /// <param name="stream">Which.</param>
    /// <param name="reason">What the server says; empty where it says nothing that can be read.</param>
    protected abstract void Ended(int stream, string reason);

    /// <summary>The server takes more bytes than before.</summary>
    protected abstract void CanSend();

    /// <summary>Whether so many bytes may leave now.</summary>
    protected bool MaySend(int bytes) => _sendWindow >= bytes;

    /// <summary>Opens a stream with a message.</summary>
    protected void Open(ReadOnlySpan<byte> message, bool isLastMessage, out int stream)
    {
        stream = _nextStream;
        _nextStream += 2;
        WriteHeaders(stream);
        _sendWindow -= message.Length;
        do
        {
            ReadOnlySpan<byte> part = message[..Math.Min(message.Length, Http2FrameHeader.PayloadBytesMax)];
            message = message[part.Length..];
            part.CopyTo(WriteFrame(DataType, isLastMessage && message.IsEmpty ? EndStreamFlag : (byte)0, stream, part.Length));
        }
        while (!message.IsEmpty);
    }

    private static byte[] EncodeHeaders(string path, string authority)
    {
        // RFC 7541 §6.2.1 with names of the static table where it has them: the server remembers these fields.
        byte[] block = new byte[256 + path.Length + authority.Length];
        int length = 0;
        block[length++] = 0x83; // :method POST
        block[length++] = 0x86; // :scheme http
        length += WriteField(block.AsSpan(length), 4, string.Empty, path);
        length += WriteField(block.AsSpan(length), 1, string.Empty, authority);
        length += WriteField(block.AsSpan(length), 31, string.Empty, "application/grpc");
        length += WriteField(block.AsSpan(length), 0, "te", "trailers");
        return block[..length];
    }

    private static int WriteField(Span<byte> block, int nameIndex, string name, string value)
    {
        int written = HpackInteger.Write(block, 0x40, 6, nameIndex);
        if (nameIndex == 0)
        {
            written += HpackString.Write(block[written..], Encoding.ASCII.GetBytes(name), isHuffman: false);
        }

        return written + HpackString.Write(block[written..], Encoding.ASCII.GetBytes(value), isHuffman: false);
    }

    /// <summary>In the words of who reads it: RFC 9113 §7 has the codes, of which 0 is the end without an error.</summary>
    private string Farewell(int code, string text) => code == 0
        ? $"{_endPoint} ended the connection: the server is stopping"
        : $"{_endPoint} ended the connection with code {code}{(text.Length > 0 ? $": {text}" : string.Empty)}";

    /// <summary>A load without one of its members would be another load, so it ends.</summary>
    private static IOException Gone(string what, Exception? inner = null) =>
        new($"{what}. A load goes to all of its endpoints and needs each of them; name by --endpoints those that are there", inner);

    /// <summary>Without the address that .NET adds, in its own form, where it connects.</summary>
    private static string TextOf(SocketException error) => new SocketException((int)error.SocketErrorCode).Message;

    private void SendPreface()
    {
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.CopyTo(Reserve(24));
        Span<byte> settings = WriteFrame(SettingsType, 0, 0, 12);
        BinaryPrimitives.WriteUInt16BigEndian(settings, 2); // no push
        BinaryPrimitives.WriteInt32BigEndian(settings[2..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(settings[6..], 4); // window of each stream
        BinaryPrimitives.WriteInt32BigEndian(settings[8..], OwnStreamWindowBytes);
        BinaryPrimitives.WriteInt32BigEndian(WriteFrame(WindowUpdateType, 0, 0, 4), OwnConnectionWindowBytes);
        Flush();
    }

    private void WriteHeaders(int stream)
    {
        if (stream == 1)
        {
            _firstHeaders.CopyTo(WriteFrame(Http2FrameHeader.HeadersType, EndHeadersFlag, stream, _firstHeaders.Length));
            return;
        }

        // The four fields that the first stream taught the server, the last of them first in its table.
        ReadOnlySpan<byte> again = [0x83, 0x86, 0x80 | 65, 0x80 | 64, 0x80 | 63, 0x80 | 62];
        again.CopyTo(WriteFrame(Http2FrameHeader.HeadersType, EndHeadersFlag, stream, again.Length));
    }

    private Span<byte> WriteFrame(byte type, byte flags, int stream, int payloadBytes)
    {
        Span<byte> frame = Reserve(Http2FrameHeader.Bytes + payloadBytes);
        Http2FrameHeader.WritePayloadBytes(frame, payloadBytes);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame[5..], stream);
        return frame[Http2FrameHeader.Bytes..];
    }

    private Span<byte> Reserve(int bytes)
    {
        if (_output.Length - _outputBytes < bytes)
        {
            Array.Resize(ref _output, Math.Max(2 * _output.Length, _outputBytes + bytes));
        }

        Span<byte> reserved = _output.AsSpan(_outputBytes, bytes);
        _outputBytes += bytes;
        return reserved;
    }

    private void Flush()
    {
        for (int sent = 0; sent < _outputBytes;)
        {
            sent += _socket.Send(_output.AsSpan(sent, _outputBytes - sent), SocketFlags.None);
        }

        _outputBytes = 0;
    }

    private void Receive()
    {
        int received = _socket.Receive(_input.AsSpan(_inputBytes), SocketFlags.None, out SocketError error);
        if (error is SocketError.TimedOut or SocketError.WouldBlock)
        {
            _silence += s_receivePatience;
            if (_silence >= s_silenceMax)
            {
                throw Gone($"nothing came from {_endPoint} for {s_silenceMax.TotalSeconds:0} s");
            }

            return;
        }

        if (error != SocketError.Success)
        {
            throw new SocketException((int)error);
        }

        if (received == 0)
        {
            throw Gone($"{_endPoint} closed the connection");
        }

        _silence = TimeSpan.Zero;
        _inputBytes += received;
        int at = 0;
        while (_inputBytes - at >= Http2FrameHeader.Bytes)
        {
            ReadOnlySpan<byte> rest = _input.AsSpan(at, _inputBytes - at);
            var header = Http2FrameHeader.Read(rest);
            if (rest.Length < header.FrameBytes)
            {
                break;
            }

            int stream = BinaryPrimitives.ReadInt32BigEndian(rest[5..]) & int.MaxValue;
            Handle(header, stream, rest[Http2FrameHeader.Bytes..header.FrameBytes]);
            at += header.FrameBytes;
        }

        _input.AsSpan(at, _inputBytes - at).CopyTo(_input);
        _inputBytes -= at;
        if (_receivedSinceUpdate > OwnConnectionWindowBytes / 2)
        {
            BinaryPrimitives.WriteInt32BigEndian(WriteFrame(WindowUpdateType, 0, 0, 4), (int)_receivedSinceUpdate);
            _receivedSinceUpdate = 0;
        }
    }

    private void Handle(Http2FrameHeader header, int stream, ReadOnlySpan<byte> payload)
    {
        switch (header.Type)
        {
            case DataType:
                _receivedSinceUpdate += payload.Length;
                if (!payload.IsEmpty)
                {
                    Received(stream, payload);
                }

                break;
            case Http2FrameHeader.HeadersType when (header.Flags & EndStreamFlag) != 0:
                Ended(stream, ReasonIn(payload));
                break;
            case ResetType:
                Ended(stream, $"the server reset the stream with code {BinaryPrimitives.ReadInt32BigEndian(payload)}");
                break;
            case SettingsType when (header.Flags & AckFlag) == 0:
                TakeSettings(payload);
                WriteFrame(SettingsType, AckFlag, 0, 0);
                break;
            case PingType when (header.Flags & AckFlag) == 0:
                payload.CopyTo(WriteFrame(PingType, AckFlag, 0, payload.Length));
                break;
            case GoAwayType:
                throw Gone(Farewell(BinaryPrimitives.ReadInt32BigEndian(payload[4..]), Encoding.UTF8.GetString(payload[8..])));
            case WindowUpdateType when stream == 0:
                _sendWindow += BinaryPrimitives.ReadInt32BigEndian(payload);
                CanSend();
                break;
        }
    }

    private void TakeSettings(ReadOnlySpan<byte> settings)
    {
        for (; settings.Length >= 6; settings = settings[6..])
        {
            int value = (int)Math.Min(int.MaxValue, BinaryPrimitives.ReadUInt32BigEndian(settings[2..]));
            switch (BinaryPrimitives.ReadUInt16BigEndian(settings))
            {
                case 3:
                    _streamsMax = value;
                    break;
                case 4:
                    StreamWindowBytes = value;
                    break;
            }
        }

        _hasSettings = true;
    }

    /// <summary>What <c>grpc-message</c> says, where it is written out.</summary>
    private static string ReasonIn(ReadOnlySpan<byte> block)
    {
        var walker = new HpackFieldWalker(block);
        Span<byte> name = stackalloc byte[64];
        Span<byte> value = stackalloc byte[512];
        while (walker.TryReadNext(out HpackField field))
        {
            if (field.IsLiteral && field.Index == 0
                && field.Name.TryGetCharacters(block, name, out int nameBytes) && name[..nameBytes].SequenceEqual("grpc-message"u8)
                && field.Value.TryGetCharacters(block, value, out int valueBytes))
            {
                return Uri.UnescapeDataString(Encoding.ASCII.GetString(value[..valueBytes]));
            }
        }

        return string.Empty;
    }
}
