using Quorate.Etcd.Protocol;

namespace Quorate.Client;

/// <summary>
/// Events of one or more revisions, each of them whole: what one transaction did is never spread over batches. Without
/// events it is a bookmark: nothing has happened up to <see cref="ResumeRevision"/>.
/// </summary>
public sealed class WatchBatch
{
    internal WatchBatch(ResponseHeader header, IReadOnlyList<WatchEvent> events, long resumeRevision)
    {
        Header = header;
        Events = events;
        ResumeRevision = resumeRevision;
    }

    /// <summary>The header of the response: which member sent it, and the revision of its store then.</summary>
    public ResponseHeader Header { get; }

    /// <summary>The events, in order of revision.</summary>
    public IReadOnlyList<WatchEvent> Events { get; }

    /// <summary>
    /// The <see cref="WatchOptions.StartRevision"/> of a watch that goes on where this batch ends: all events before it
    /// have been seen, none from it on.
    /// </summary>
    public long ResumeRevision { get; }

    /// <summary>Whether it only tells how far the watch is.</summary>
    public bool IsBookmark => Events.Count == 0;
}
