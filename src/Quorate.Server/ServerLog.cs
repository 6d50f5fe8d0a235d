using System.Net;

namespace Quorate.Server;

/// <summary>Log events of the server, numbered from 4000.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(4000, LogLevel.Debug, "connection from {Remote} closed before its first request: {Reason}")]
    public static partial void ConnectionWithoutRequest(ILogger logger, EndPoint? remote, string reason);
}
