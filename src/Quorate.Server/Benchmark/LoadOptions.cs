using System.Net;

namespace Quorate.Server.Benchmark;

/// <summary>How a load is made.</summary>
internal sealed record LoadOptions
{
    /// <summary>The members to ask; connections are spread over them.</summary>
    public required IReadOnlyList<EndPoint> EndPoints { get; init; }

    /// <summary>Clients, each with one call under way.</summary>
    public required int Clients { get; init; }

    /// <summary>Connections that they share.</summary>
    public required int Connections { get; init; }

    /// <summary>Watchers that share a stream.</summary>
    public int WatchesPerStream { get; init; } = 1;

    /// <summary>Keys are drawn from so many.</summary>
    public required int Keys { get; init; }

    /// <summary>Whether calls take the keys one after the other, all connections together, instead of at random.</summary>
    public bool InSequence { get; init; }

    /// <summary>Bytes of each value written.</summary>
    public required int ValueBytes { get; init; }

    /// <summary>Before it counts.</summary>
    public required TimeSpan WarmUp { get; init; }

    /// <summary>While it counts.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How many calls to make, all of which count, instead of measuring for a time.</summary>
    public long? Calls { get; init; }
}
