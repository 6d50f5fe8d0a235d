using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Quorate.Server.Development;

/// <summary>Finds out before a cluster starts whether its ports are free: whoever answers there would be taken for a member of it.</summary>
internal static class FreePorts
{
    /// <summary>Checks the ports on the loopback interface.</summary>
    /// <exception cref="IOException">Names those that are not free, and what would help.</exception>
    public static void Require(IEnumerable<(int Port, string What)> ports)
    {
        string[] taken = [.. ports
            .Select(port => (port.Port, port.What, Problem: Problem(port.Port)))
            .Where(port => port.Problem is not null)
            .Select(port => string.Create(CultureInfo.InvariantCulture, $"port {port.Port} ({port.What}): {port.Problem}"))];
        if (taken.Length > 0)
        {
            throw new IOException(
                $"{string.Join("; ", taken)}. Stop the program that has it, perhaps another 'quorate dev', or use other ports and another folder: --client-port 13379 --data-dir FOLDER");
        }
    }

    private static string? Problem(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen();
            return null;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.AddressAlreadyInUse ? "in use" : e.Message;
        }
    }
}
