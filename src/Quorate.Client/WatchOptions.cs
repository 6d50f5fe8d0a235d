namespace Quorate.Client;

/// <summary>What a watch is to see, and how much of it may wait to be read.</summary>
public sealed record WatchOptions
{
    /// <summary>What <see cref="BufferBytesMax"/> is unless told otherwise: 1 MiB.</summary>
    public const int DefaultBufferBytesMax = 1024 * 1024;

    /// <summary>
    /// The first revision whose events are wanted; it may be in the past, or in the future. 0: from the time on at which
    /// the watch is in place.
    /// </summary>
    public long StartRevision { get; init; }

    /// <summary>Whether events tell what the key was before (etcd's <c>prev_kv</c>).</summary>
    public bool PreviousValues { get; init; }

    /// <summary>Leaves out keys that are written.</summary>
    public bool IgnorePuts { get; init; }

    /// <summary>Leaves out keys that are deleted, or whose lease has ended.</summary>
    public bool IgnoreDeletes { get; init; }

    /// <summary>
    /// Whether batches without events come now and then while nothing happens, which tell up to which revision everything
    /// has been seen.
    /// </summary>
    public bool ProgressNotify { get; init; }

    /// <summary>
    /// Bytes of events that may wait to be read. One response more than that is held at most; then the watch is taken off
    /// the stream, and set up again where it stopped once everything that waited has been read. So a slow reader holds up
    /// no other watch, but it may find that its place in history has been compacted meanwhile.
    /// </summary>
    public int BufferBytesMax { get; init; } = DefaultBufferBytesMax;
}
