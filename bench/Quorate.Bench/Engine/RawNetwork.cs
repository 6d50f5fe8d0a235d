using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Quorate.Bench.Engine;

/// <summary>Round trips of 256 bytes over loopback TCP between two threads that block on their sockets.</summary>
internal static class RawNetwork
{
    private const int MessageBytes = 256;

    public static LatencyCounts Run(TimeSpan duration)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var near = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.Connect(listener.LocalEndpoint);
        using Socket far = listener.AcceptSocket();
        far.NoDelay = true;
        var echo = new Thread(() =>
        {
            byte[] bytes = new byte[MessageBytes];
            while (TryReceive(far, bytes))
            {
                far.Send(bytes);
            }
        });
        echo.Start();
        var latencies = new LatencyCounts();
        byte[] message = new byte[MessageBytes];
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < duration)
        {
            long began = Stopwatch.GetTimestamp();
            near.Send(message);
            TryReceive(near, message);
            latencies.Add(Stopwatch.GetElapsedTime(began));
        }

        near.Shutdown(SocketShutdown.Both);
        echo.Join();
        return latencies;
    }

    private static bool TryReceive(Socket socket, byte[] bytes)
    {
        for (int filled = 0; filled < bytes.Length;)
        {
            int count = socket.Receive(bytes.AsSpan(filled));
            if (count == 0)
            {
                return false;
            }

            filled += count;
        }

        return true;
    }
}
