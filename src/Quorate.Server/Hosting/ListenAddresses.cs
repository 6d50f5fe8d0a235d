using System.Net;
using System.Net.Sockets;
using Quorate.Server.Configuration;

namespace Quorate.Server.Hosting;

/// <summary>Finds the addresses that a URL names to listen on.</summary>
internal static class ListenAddresses
{
    /// <exception cref="IOException">The host is not known.</exception>
    public static async Task<IReadOnlyList<IPEndPoint>> ResolveAsync(MemberUrl url, CancellationToken cancellationToken)
    {
        if (url.Host == "*")
        {
            return [new IPEndPoint(IPAddress.Any, url.Port)];
        }

        if (url.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            return Socket.OSSupportsIPv6 && CanUse(IPAddress.IPv6Loopback)
                ? [new IPEndPoint(IPAddress.Loopback, url.Port), new IPEndPoint(IPAddress.IPv6Loopback, url.Port)]
                : [new IPEndPoint(IPAddress.Loopback, url.Port)];
        }

        if (IPAddress.TryParse(url.Host, out IPAddress? address))
        {
            return [new IPEndPoint(address, url.Port)];
        }

        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(url.Host, cancellationToken);
            return [.. addresses.Select(found => new IPEndPoint(found, url.Port))];
        }
        catch (SocketException e)
        {
            throw new IOException($"the host of {url} is not known on this machine ({e.Message}); listen on one of its addresses", e);
        }
    }

    /// <summary>
    /// Finds out whether a member can listen on its addresses for clients, before it takes part in anything or makes a data folder. Another
    /// program may still take one before the member does.
    /// </summary>
    /// <exception cref="IOException">It cannot on one; says which, and what would help.</exception>
    public static void RequireUsable(IEnumerable<IPEndPoint> addresses)
    {
        foreach (IPEndPoint address in addresses)
        {
            try
            {
                using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(address);
                socket.Listen();
            }
            catch (SocketException e)
            {
                throw Refusal(address, e);
            }
        }
    }

    /// <summary>Why a member cannot listen for clients on an address, and what would help.</summary>
    public static IOException Refusal(IPEndPoint address, SocketException error) => new(
        error.SocketErrorCode == SocketError.AddressAlreadyInUse
            ? $"cannot listen for clients on {address}: another program uses that address, perhaps this member that runs already; stop it or choose another port"
            : $"cannot listen for clients on {address}: {error.Message}; use an address of this machine and a port that this user may open",
        error);

    /// <summary>Whether this machine has the address: IPv6 may be compiled in and yet switched off.</summary>
    private static bool CanUse(IPAddress address)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
