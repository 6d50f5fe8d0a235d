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
    private static readonly TimeSpan s_repeatedLogInterval = TimeSpan.FromMinutes(1);

    private readonly SocketTransportFactory _sockets = new(Options(options), loggers);
    private readonly RepeatedLog _repeated = new(s_repeatedLogInterval);
    private readonly ILogger _logger = loggers.CreateLogger<SplitListenerFactory>();
    private readonly Dictionary<IPEndPoint, SplitListener> _listeners = [];

    public bool CanBind(EndPoint endpoint) => endpoint is SplitEndPoint;

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var side = (SplitEndPoint)endpoint;
        if (!_listeners.TryGetValue(side.Address, out SplitListener? listener))
        {
            var sockets = new ClientSocketListener(await ListenAsync(side.Address, cancellationToken), places, _repeated, _logger);
            listener = new SplitListener(sockets, _repeated, _logger);
            _listeners.Add(side.Address, listener);
        }

        return listener.Side(side);
    }

    private static IOptions<SocketTransportOptions> Options(IOptions<SocketTransportOptions> options)
    {
        options.Value.CreateBoundListenSocket = ClientSocketListener.Listen;
        return options;
    }

    private async ValueTask<IConnectionListener> ListenAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        try
        {
            return await _sockets.BindAsync(address, cancellationToken);
        }
        catch (Exception e) when ((e as SocketException ?? e.InnerException as SocketException) is not null)
        {
            // The transport has an exception of its own for an address that is taken.
            throw ListenAddresses.Refusal(address, e as SocketException ?? (SocketException)e.InnerException!);
        }
    }
}
