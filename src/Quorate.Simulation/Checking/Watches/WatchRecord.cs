using Quorate.Etcd.Protocol;

namespace Quorate.Simulation.Checking.Watches;

/// <summary>What a client heard of one watch, through all the streams in which it went on with it.</summary>
/// <param name="request">What it asked for first.</param>
public sealed class WatchRecord(WatchCreateRequest request)
{
    private readonly List<(bool IsResumed, WatchResponse Response)> _responses = [];

    /// <summary>What it asked for first; the start revision is that of the first creation that succeeded.</summary>
    public WatchCreateRequest Request { get; } = request;

    /// <summary>The first revision that the client has not been told all of; zero before it is known where the watch begins.</summary>
    public long NextRevision { get; private set; } = request.StartRevision;

    /// <summary>Progress that it was told of.</summary>
    public long Bookmark { get; private set; }

    /// <summary>Responses in the order they came, and whether a stream began with each.</summary>
    public IReadOnlyList<(bool IsResumed, WatchResponse Response)> Responses => _responses;

    /// <summary>Events heard.</summary>
    public int EventCount { get; private set; }

    /// <summary>Notes a response, and where to go on if it was the last.</summary>
    public void Add(bool isResumed, WatchResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        _responses.Add((isResumed, response));
        EventCount += response.Events.Count;
        if (response.Created && NextRevision == 0)
        {
            Request.StartRevision = NextRevision = response.Header.Revision + 1;
        }
        else if (response.Events.Count > 0 && !response.Fragment)
        {
            NextRevision = Math.Max(NextRevision, response.Events[^1].Kv.ModRevision + 1);
        }
        else if (response is { Created: false, Canceled: false, Events.Count: 0 })
        {
            Bookmark = response.Header.Revision;
            NextRevision = Math.Max(NextRevision, Bookmark + 1);
        }
    }
}
