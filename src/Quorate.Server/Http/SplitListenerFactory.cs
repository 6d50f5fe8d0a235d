using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Quorate.Server.Http;

/// <summary>Binds <see cref="SplitEndPoint"/>s: both sides of an address share one socket.</summary>
internal sealed class SplitListenerFactory(IOptions<SocketTransportOptions> options, ILoggerFactory loggers)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly SocketTransportFactory _sockets = new(options, loggers);
    private readonly ILogger _logger = loggers.CreateLogger<SplitListenerFactory>();
    private readonly Dictionary<IPEndPoint, SplitListener> _listeners = [];

    public bool CanBind(EndPoint endpoint) => endpoint is SplitEndPoint;

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var side = (SplitEndPoint)endpoint;
        if (!_listeners.TryGetValue(side.Address, out SplitListener? listener))
        {
            IConnectionListener socket = await _sockets.BindAsync(side.Address, cancellationToken);
            listener = new SplitListener(socket, _logger);
            _listeners.Add(side.Address, listener);
        }

        return listener.Side(side);
    }
}
