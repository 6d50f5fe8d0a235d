using System.Net;
using Quorate.Raft;

namespace Quorate.Server;

/// <summary>Log events of the server, numbered from 4000.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(4000, LogLevel.Debug, "connection from {Remote} closed before its first request: {Reason}")]
    public static partial void ConnectionWithoutRequest(ILogger logger, EndPoint? remote, string reason);

    [LoggerMessage(4001, LogLevel.Information, "quorate {Version} starts member {Name} on data folder {DataFolder}")]
    public static partial void Starting(ILogger logger, string version, string name, string dataFolder);

    [LoggerMessage(4002, LogLevel.Information, "member {Name} ({Id}) is ready to serve clients")]
    public static partial void Ready(ILogger logger, string name, MemberId id);

    [LoggerMessage(4003, LogLevel.Information, "member {Name} has stopped")]
    public static partial void Stopped(ILogger logger, string name);

    [LoggerMessage(4004, LogLevel.Warning, "member {Name} could not tell the cluster its client addresses yet: {Reason}")]
    public static partial void NotPublished(ILogger logger, string name, string reason);

    [LoggerMessage(4005, LogLevel.Critical, "member {Name} cannot run on data folder {DataFolder}: {Reason}")]
    public static partial void CannotStart(ILogger logger, string name, string dataFolder, string reason);

    [LoggerMessage(4006, LogLevel.Error, "a connection to {EndPoint} could not be accepted, trying again: {Reason}{More}")]
    public static partial void AcceptFailed(ILogger logger, EndPoint endPoint, string reason, string more);

    [LoggerMessage(4007, LogLevel.Information,
        "at most {Connections} connections of clients at once, since this process may open no more than {Limit} files and sockets; " +
        "a larger hard limit (ulimit -n, or LimitNOFILE= of a systemd unit) allows more, up to {ConnectionsMax}")]
    public static partial void ConnectionsLimited(ILogger logger, int connections, long limit, int connectionsMax);

    [LoggerMessage(4008, LogLevel.Warning, "closed a connection from {Remote}: {Max} of clients are open, and no more are taken{More}")]
    public static partial void ConnectionRefused(ILogger logger, EndPoint? remote, int max, string more);

    [LoggerMessage(4009, LogLevel.Warning, "member {Name}: the alarm {Alarm} of member {Raiser} is active: {Meaning}")]
    public static partial void AlarmRaised(ILogger logger, string name, string alarm, string raiser, string meaning);

    [LoggerMessage(4010, LogLevel.Critical, "watches cannot be served any more")]
    public static partial void WatchesFailed(ILogger logger, Exception exception);

    [LoggerMessage(4011, LogLevel.Warning,
        "member {Name}: the alarm {Alarm} of member {Raiser} is cleared; what it forbade is taken again, unless 'quorate alarm list' has another")]
    public static partial void AlarmCleared(ILogger logger, string name, string alarm, string raiser);
}
