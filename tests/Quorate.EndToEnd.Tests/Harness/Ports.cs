using System.Net;
using System.Net.Sockets;

namespace Quorate.EndToEnd.Tests.Harness;

/// <summary>Hands out loopback ports that nobody listens on, below those that the system gives to outgoing connections.</summary>
internal static class Ports
{
    private static int _next = 20_000 + (Environment.ProcessId % 500 * 20);

    public static int Take()
    {
        while (true)
        {
            int port = Interlocked.Increment(ref _next);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Taken: the next one.
            }
        }
    }
}
