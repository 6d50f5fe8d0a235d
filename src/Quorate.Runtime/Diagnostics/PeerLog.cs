using Microsoft.Extensions.Logging;

namespace Quorate.Runtime;

/// <summary>What the peer transport logs: events 1100 to 1199.</summary>
internal static partial class PeerLog
{
    [LoggerMessage(1100, LogLevel.Information, "Connected to peer {Peer}")]
    public static partial void Connected(ILogger logger, PeerAddress peer);

    [LoggerMessage(1101, LogLevel.Warning, "Lost the connection to peer {Peer}: {Reason}")]
    public static partial void Disconnected(ILogger logger, PeerAddress peer, string reason);

    [LoggerMessage(1102, LogLevel.Warning, "Cannot connect to peer {Peer}, and keep trying: {Reason}{More}")]
    public static partial void ConnectFailed(ILogger logger, PeerAddress peer, string reason, string more);

    [LoggerMessage(1103, LogLevel.Error, "Peer {Peer} refuses the connection: {Reason}{More}")]
    public static partial void RefusedByPeer(ILogger logger, PeerAddress peer, string reason, string more);

    [LoggerMessage(1104, LogLevel.Error, "A frame of {Bytes} bytes for peer {Peer} is larger than {FrameBytesMax} and was not sent")]
    public static partial void FrameTooLargeToSend(ILogger logger, PeerAddress peer, int bytes, int frameBytesMax);

    [LoggerMessage(1110, LogLevel.Information, "Listening for peers on {EndPoint}")]
    public static partial void Listening(ILogger logger, string endPoint);

    [LoggerMessage(1111, LogLevel.Information, "Peer {Peer} has connected from {EndPoint}")]
    public static partial void Accepted(ILogger logger, string peer, string endPoint);

    [LoggerMessage(1112, LogLevel.Information, "The connection from peer {Peer} has ended: {Reason}")]
    public static partial void Ended(ILogger logger, string peer, string reason);

    [LoggerMessage(1113, LogLevel.Warning, "Refused a peer connection from {EndPoint}: {Reason}{More}")]
    public static partial void Refused(ILogger logger, string endPoint, string reason, string more);

    [LoggerMessage(1114, LogLevel.Error, "Closed the connection from peer {Peer}: {Reason}{More}")]
    public static partial void ProtocolError(ILogger logger, string peer, string reason, string more);

    [LoggerMessage(1115, LogLevel.Error, "Accepting peer connections on {EndPoint} failed, and is tried again: {Reason}{More}")]
    public static partial void AcceptFailed(ILogger logger, string endPoint, string reason, string more);

    [LoggerMessage(1116, LogLevel.Error, "A fault has ended the connection from {EndPoint}: {Reason}{More}")]
    public static partial void ConnectionFault(ILogger logger, string endPoint, string reason, string more, Exception exception);
}
