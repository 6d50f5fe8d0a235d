using System.Net;
using System.Net.Sockets;

namespace Quorate.Grpc.Tests;

/// <summary>Takes one connection of HTTP/2, says of the first call what a test wants said, byte by byte, and reads on; it answers no ping.</summary>
internal sealed class RawHttp2Server : IAsyncDisposable
{
    private const int PrefaceBytes = 24;
    private const int FrameHeaderBytes = 9;
    private const byte HeadersFrame = 1;

    private static readonly byte[] s_settings = Frame(type: 4, stream: 0, []);
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;

    private RawHttp2Server(byte[] answer, bool thenClose)
    {
        _listener.Start();
        _serving = ServeAsync(answer, thenClose);
    }

    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    public static RawHttp2Server Start(byte[] answer, bool thenClose = false) => new(answer, thenClose);

    /// <summary>RFC 9113, section 4.1: length (24 bits), type, flags, stream, payload.</summary>
    public static byte[] Frame(byte type, byte stream, byte[] payload) =>
        [0, 0, (byte)payload.Length, type, 0, 0, 0, 0, stream, .. payload];

    public static byte[] ResetStream(byte errorCode) => Frame(type: 3, stream: 1, [0, 0, 0, errorCode]);

    /// <summary>The first call was taken, and no more are.</summary>
    public static byte[] GoAway(byte errorCode) => Frame(type: 7, stream: 0, [0, 0, 0, 1, 0, 0, 0, errorCode]);

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _serving;
    }

    private async Task ServeAsync(byte[] answer, bool thenClose)
    {
        try
        {
            using Socket socket = await _listener.AcceptSocketAsync();
            await using var connection = new NetworkStream(socket);
            await connection.ReadExactlyAsync(new byte[PrefaceBytes]);
            await connection.WriteAsync(s_settings);
            var header = new byte[FrameHeaderBytes];
            while (true)
            {
                await connection.ReadExactlyAsync(header);
                await connection.ReadExactlyAsync(new byte[(header[0] << 16) + (header[1] << 8) + header[2]]);
                if (header[3] == HeadersFrame)
                {
                    await connection.WriteAsync(answer);
                    if (thenClose)
                    {
                        return;
                    }
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The client has gone, or nobody came.
        }
    }
}
