namespace Quorate.Grpc;

/// <summary>What a handler may know of its call, and say beside its messages.</summary>
public abstract class ServerCallContext
{
    /// <summary>The full name of the method, as <c>/package.Service/Method</c>.</summary>
    public abstract string Method { get; }

    /// <summary>The host that the client addressed.</summary>
    public abstract string Host { get; }

    /// <summary>Who calls, as <c>ipv4:127.0.0.1:4711</c> or <c>ipv6:[::1]:4711</c>.</summary>
    public abstract string Peer { get; }

    /// <summary>When the client gives up, in UTC; <see cref="DateTime.MaxValue"/> if never.</summary>
    public abstract DateTime Deadline { get; }

    /// <summary>What the client sent beside its messages.</summary>
    public abstract Metadata RequestHeaders { get; }

    /// <summary>Cancelled once nobody waits for the answer: deadline passed, call reset, connection lost.</summary>
    public abstract CancellationToken CancellationToken { get; }

    /// <summary>What goes to the client after the last message.</summary>
    public abstract Metadata ResponseTrailers { get; }

    /// <summary>
    /// How the call ends if the handler returns without throwing. A unary call with a status
    /// other than OK answers without a message.
    /// </summary>
    public abstract Status Status { get; set; }

    /// <summary>Sends the headers now, before the first message. At most once.</summary>
    public abstract Task WriteResponseHeadersAsync(Metadata responseHeaders);
}
