using System.Net;
using System.Net.Sockets;

namespace Quorate.EndToEnd.Tests.Harness;

/// <summary>
/// Hands out loopback ports that nobody listens on, below those that the system gives to outgoing connections. Each run
/// of the tests takes from a block of its own, which a locked file reserves: a port is handed out some time before a
/// member listens on it, and no run that goes on at the same time may take it meanwhile.
/// </summary>
/// <remarks>With each port the next one is the taker's too: <c>quorate dev</c> lets members listen for each other there.</remarks>
internal static class Ports
{
    private const int FirstPort = 20_000;
    private const int BlockPorts = 1000;
    private const int Blocks = 12;

    private static readonly (FileStream Reservation, int Block) Reserved = Reserve();
    private static int _taken;

    public static int Take()
    {
        for (int attempts = 0; attempts < BlockPorts / 2; attempts++)
        {
            int port = FirstPort + (Reserved.Block * BlockPorts) + (Interlocked.Add(ref _taken, 2) % BlockPorts);
            if (IsFree(port) && IsFree(port + 1))
            {
                return port;
            }
        }

        throw new InvalidOperationException("no port is free");
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static (FileStream Reservation, int Block) Reserve()
    {
        for (int block = 0; block < Blocks; block++)
        {
            try
            {
                string path = Path.Combine(Path.GetTempPath(), $"quorate-tests-ports-{block}.lock");
                return (new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), block);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Reserved by another run: the next block.
            }
        }

        throw new InvalidOperationException("too many runs of these tests go on at the same time");
    }
}
