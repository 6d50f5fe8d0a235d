using Microsoft.AspNetCore.Connections;

namespace Quorate.Runtime;

/// <summary>
/// Lets a Kestrel endpoint take the connections of peers:
/// <c>listenOptions.UseConnectionHandler&lt;PeerConnectionHandler&gt;()</c>, with the network in the container.
/// </summary>
public sealed class PeerConnectionHandler : ConnectionHandler
{
    private readonly TcpPeerNetwork _network;

    /// <summary>Hands connections to <paramref name="network"/>.</summary>
    public PeerConnectionHandler(TcpPeerNetwork network)
    {
        _network = network;
    }

    /// <inheritdoc/>
    public override Task OnConnectedAsync(ConnectionContext connection) => _network.RunConnectionAsync(connection);
}
