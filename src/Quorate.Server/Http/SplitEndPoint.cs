using System.Net;

namespace Quorate.Server.Http;

/// <summary>
/// One of the two protocols that share a client port. Without TLS there is nothing that names the protocol of a
/// connection before its first bytes, and Kestrel speaks only one on such an endpoint; so each protocol gets an
/// endpoint of its own, and <see cref="SplitListenerFactory"/> deals the connections of the real port to them.
/// </summary>
/// <param name="address">The real address.</param>
/// <param name="isHttp2">Whether this is the side of HTTP/2 (gRPC), or that of HTTP/1.1.</param>
internal sealed class SplitEndPoint(IPEndPoint address, bool isHttp2) : EndPoint
{
    public IPEndPoint Address { get; } = address;

    public bool IsHttp2 { get; } = isHttp2;

    public override string ToString() => Address.ToString();
}
