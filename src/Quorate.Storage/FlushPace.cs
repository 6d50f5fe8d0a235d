using Quorate.Io;

namespace Quorate.Storage;

/// <summary>
/// Has a file that is written in the background flushed whenever some of it has come together. A flush of all of it at the
/// end would keep the disk from the log for as long as that takes: with a hundred megabytes a tenth of a second and more.
/// </summary>
internal sealed class FlushPace
{
    /// <summary>Takes a disk about as long as a few flushes of the log.</summary>
    public const int PieceBytes = 2 << 20;

    private long _unflushedBytes;

    /// <summary>So many more bytes were written to the file.</summary>
    public void Wrote(IDiskFile file, int bytes)
    {
        _unflushedBytes += bytes;
        if (_unflushedBytes >= PieceBytes)
        {
            FileSteps.Flush(file);
            _unflushedBytes = 0;
        }
    }
}
