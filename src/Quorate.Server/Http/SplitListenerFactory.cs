using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using Quorate.Runtime;
using Quorate.Server.Hosting;

namespace Quorate.Server.Http;

/// <summary>Binds <see cref="SplitEndPoint"/>s: both sides of an address share one socket.</summary>
internal sealed class SplitListenerFactory(IOptions<SocketTransportOptions> options, ConnectionPlaces places, ILoggerFactory loggers)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    /// <summary>A message about the same mishap is logged at most once in this time.</summary>
    private static readonly TimeSpan RepeatedLogInterval = TimeSpan.FromMinutes(1);

    private readonly RepeatedLog _repeated = new(RepeatedLogInterval);
    private readonly ILogger _logger = loggers.CreateLogger<SplitListenerFactory>();
    private readonly Dictionary<IPEndPoint, SplitListener> _listeners = [];

    public bool CanBind(EndPoint endpoint) => endpoint is SplitEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var side = (SplitEndPoint)endpoint;
        if (!_listeners.TryGetValue(side.Address, out SplitListener? listener))
        {
            listener = new SplitListener(Listen(side.Address), _repeated, _logger);
            _listeners.Add(side.Address, listener);
        }

        return ValueTask.FromResult(listener.Side(side));
    }

    private ClientSocketListener Listen(IPEndPoint address)
    {
        try
        {
            return new ClientSocketListener(address, options.Value, places, _repeated, _logger);
        }
        catch (SocketException e)
        {
            throw ListenAddresses.Refusal(address, e);
        }
    }
}
