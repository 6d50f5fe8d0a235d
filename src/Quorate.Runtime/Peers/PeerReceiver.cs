using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Quorate.Io;

namespace Quorate.Runtime;

/// <summary>Reads one connection that a peer has made: its greeting, then frame after frame.</summary>
internal sealed class PeerReceiver
{
    private const int LengthBytes = 4;

    private readonly PeerNetworkOptions _options;
    private readonly Func<ulong, bool> _isMember;
    private readonly PipeReader _input;
    private readonly PipeWriter _output;

    public PeerReceiver(PeerNetworkOptions options, Func<ulong, bool> isMember, ConnectionContext connection)
    {
        _options = options;
        _isMember = isMember;
        _input = connection.Transport.Input;
        _output = connection.Transport.Output;
    }

    /// <summary>Reads and answers the greeting; says who greets, or why it is refused.</summary>
    public async Task<(PeerHello Hello, PeerRefusal? Refusal)> GreetAsync(CancellationToken cancellationToken)
    {
        byte[] bytes = new byte[PeerHello.Length];
        while (true)
        {
            ReadResult result = await _input.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = result.Buffer;
            int count = (int)Math.Min(buffer.Length, bytes.Length);
            buffer.Slice(0, count).CopyTo(bytes);
            if (!PeerHello.MayBegin(bytes.AsSpan(0, count)))
            {
                // Whoever it is does not speak this protocol, so no answer of it would be understood.
                const string Foreign = "it does not speak the peer protocol";
                return (default, new PeerRefusal(Foreign, $"{Foreign}; it began with {Printable(bytes.AsSpan(0, count))}"));
            }

            if (count >= PeerHello.PrefixLength && PeerHello.ReadVersion(bytes) is var version && version != PeerHello.ProtocolVersion)
            {
                await AnswerAsync(PeerAnswer.UnsupportedVersion, cancellationToken).ConfigureAwait(false);
                return (default, new PeerRefusal(
                    "version", $"it speaks version {version} of the peer protocol, this member version {PeerHello.ProtocolVersion}"));
            }

            if (count == bytes.Length)
            {
                _input.AdvanceTo(buffer.GetPosition(count));
                return await JudgeAsync(bytes, cancellationToken).ConfigureAwait(false);
            }

            _input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                return (default, new PeerRefusal("it closed the connection before it had said who it is"));
            }
        }
    }

    /// <summary>Reads frames until the connection ends; returns what was wrong with them, or null.</summary>
    public async Task<string?> ReadFramesAsync(ulong from, PeerTraffic traffic, IPeerFrameSink sink, CancellationToken cancellationToken)
    {
        FrameBuffer? frame = null;
        int missing = 0;
        try
        {
            while (true)
            {
                ReadResult result = await _input.ReadAsync(cancellationToken).ConfigureAwait(false);
                ReadOnlySequence<byte> buffer = result.Buffer;
                bool wasPinged = false;
                while (true)
                {
                    if (frame is null)
                    {
                        if (buffer.Length < LengthBytes)
                        {
                            break;
                        }

                        uint length = ReadLength(buffer);
                        buffer = buffer.Slice(LengthBytes);
                        if (length == 0)
                        {
                            wasPinged = true;
                            continue;
                        }

                        if (length > _options.FrameBytesMax)
                        {
                            return $"it announced a frame of {length} bytes, and the most is {_options.FrameBytesMax}";
                        }

                        missing = (int)length;
                        frame = new FrameBuffer(missing);
                    }

                    // Taken as it comes, so that the pipe never has to hold a whole large frame.
                    int count = (int)Math.Min(buffer.Length, missing);
                    buffer.Slice(0, count).CopyTo(frame.GetSpan(missing));
                    frame.Advance(count);
                    missing -= count;
                    buffer = buffer.Slice(count);
                    if (missing > 0)
                    {
                        break;
                    }

                    traffic.Received(LengthBytes + frame.Length);
                    FrameBuffer whole = frame;
                    frame = null;
                    await sink.PostAsync(from, whole, cancellationToken).ConfigureAwait(false);
                }

                _input.AdvanceTo(buffer.Start, buffer.End);
                if (wasPinged)
                {
                    _output.GetSpan(LengthBytes)[..LengthBytes].Clear();
                    _output.Advance(LengthBytes);
                    await _output.FlushAsync(cancellationToken).ConfigureAwait(false);
                }

                if (result.IsCompleted)
                {
                    return null;
                }
            }
        }
        finally
        {
            frame?.Dispose();
        }
    }

    private static uint ReadLength(ReadOnlySequence<byte> buffer)
    {
        Span<byte> bytes = stackalloc byte[LengthBytes];
        buffer.Slice(0, LengthBytes).CopyTo(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    private static string Printable(ReadOnlySpan<byte> bytes)
    {
        const int Shown = 16;
        var text = new System.Text.StringBuilder("'");
        foreach (byte value in bytes[..Math.Min(bytes.Length, Shown)])
        {
            if (value is >= 0x20 and < 0x7f)
            {
                text.Append((char)value);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
            }
        }

        return text.Append('\'').ToString();
    }

    private async Task<(PeerHello Hello, PeerRefusal? Refusal)> JudgeAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        PeerAnswer answer = !PeerHello.TryRead(bytes, out PeerHello hello) ? PeerAnswer.Damaged
            : hello.ClusterId != _options.ClusterId ? PeerAnswer.OtherCluster
            : hello.To != _options.Id.Value ? PeerAnswer.OtherMember
            : hello.From == _options.Id.Value ? PeerAnswer.SameMember
            : PeerAnswer.Welcome;
        await AnswerAsync(answer, cancellationToken).ConfigureAwait(false);
        return (hello, answer == PeerAnswer.Welcome ? null : Explain(answer, hello));
    }

    private PeerRefusal Explain(PeerAnswer answer, PeerHello hello)
    {
        bool isMember = _isMember(hello.From);
        bool sharesIds = hello.To == _options.Id.Value || isMember;
        string reason = answer switch
        {
            PeerAnswer.Damaged => "its greeting is damaged",
            PeerAnswer.OtherCluster =>
                $"member {hello.From:x} belongs to cluster {hello.ClusterId:x}, this member to cluster {_options.ClusterId:x}: "
                + OtherCluster.Explain(_options, sharesIds),
            PeerAnswer.OtherMember => $"member {hello.From:x} looks for member {hello.To:x}, but this is member {_options.Id}",
            _ => $"it says to be member {hello.From:x}, which is this member: two members have one id, or one dials itself",
        };

        // Several members may come from one address; the ids of those that there are not are anybody's invention.
        string whose = isMember ? $"member {hello.From:x}" : sharesIds ? "one that shares an id" : "a stranger";
        return new PeerRefusal($"{answer} to {whose}", reason);
    }

    private async Task AnswerAsync(PeerAnswer answer, CancellationToken cancellationToken)
    {
        new PeerHelloReply(PeerHello.ProtocolVersion, answer, _options.ClusterId, _options.Id.Value)
            .Write(_output.GetSpan(PeerHelloReply.Length));
        _output.Advance(PeerHelloReply.Length);
        await _output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
