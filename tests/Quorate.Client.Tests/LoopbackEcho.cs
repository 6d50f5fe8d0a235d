using System.Net;
using System.Net.Sockets;

namespace Quorate.Client.Tests;

/// <summary>Round trips through the loopback interface and the thread pool: how long other threads need for an answer on this machine just now.</summary>
internal sealed class LoopbackEcho : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly TcpClient near = new();
    private readonly TcpClient far;

    public LoopbackEcho()
    {
        listener.Start();
        near.Connect((IPEndPoint)listener.LocalEndpoint);
        far = listener.AcceptTcpClient();
        _ = far.GetStream().CopyToAsync(far.GetStream());
    }

    public async Task RoundTripsAsync(int count)
    {
        NetworkStream stream = near.GetStream();
        byte[] one = new byte[1];
        for (int i = 0; i < count; i++)
        {
            await stream.WriteAsync(one);
            await stream.ReadExactlyAsync(one);
        }
    }

    public void Dispose()
    {
        near.Dispose();
        far.Dispose();
        listener.Dispose();
    }
}
