using System.Buffers;
using System.IO.Pipelines;
using Quorate.Server.Http;

namespace Quorate.Server.Tests.Http;

/// <summary>A client's end of an HTTP/2 connection: sends any bytes, and reads frames.</summary>
internal sealed class Http2TestConnection(PipeReader input, PipeWriter output)
{
    public async Task SendAsync(byte[] bytes) => await output.WriteAsync(bytes);

    public async Task OpenAsync() => await SendAsync([.. Http2Bytes.Preface, .. Http2Bytes.Frame(Http2Bytes.Settings, 0, 0)]);

    /// <summary>The next frame; null at the end of the connection.</summary>
    public async Task<byte[]?> ReadFrameAsync()
    {
        while (true)
        {
            ReadResult read = await input.ReadAsync();
            if (Http2FrameHeader.TryRead(read.Buffer, out Http2FrameHeader header) && read.Buffer.Length >= header.FrameBytes)
            {
                byte[] frame = read.Buffer.Slice(0, header.FrameBytes).ToArray();
                input.AdvanceTo(read.Buffer.GetPosition(header.FrameBytes));
                return frame;
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
            {
                return null;
            }
        }
    }

    /// <summary>The type of the next frame that is about a stream or ends the connection; null if the connection has ended.</summary>
    public async Task<byte?> AnswerAsync()
    {
        while (await ReadFrameAsync() is { } frame)
        {
            if (frame[3] is Http2Bytes.Headers or Http2Bytes.ResetStream or Http2Bytes.GoAway)
            {
                return frame[3];
            }
        }

        return null;
    }
}
