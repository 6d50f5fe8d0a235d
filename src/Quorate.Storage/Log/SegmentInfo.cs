namespace Quorate.Storage;

/// <summary>A segment of the log, as the loop knows it.</summary>
internal sealed class SegmentInfo
{
    public required ulong Sequence { get; init; }

    public required long Length { get; init; }

    /// <summary>Nothing above this index is lost with the segment; zero where it holds no entry.</summary>
    public long MaxIndex { get; set; }

    public string Path => LogFormat.SegmentPath(Sequence);
}
