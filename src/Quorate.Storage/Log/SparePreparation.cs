using Quorate.Io;

namespace Quorate.Storage;

/// <summary>Makes an empty segment in advance, beside the log's own writes.</summary>
internal sealed class SparePreparation(IDisk disk, string path, long length, Action<SparePreparation, Exception?> completed) : IWork
{
    private readonly FlushPace _pace = new();
    private IDiskFile? _file;
    private long _zeroed;
    private bool _flushed;

    public string Path => path;

    public long Length => length;

    private string AsidePath => path + LogFormat.AsideSuffix;

    public bool Step()
    {
        _file ??= FileSteps.Open(disk, AsidePath, DiskFileMode.Create);
        if (_zeroed < length)
        {
            int count = ZeroFill.WritePiece(_file, _zeroed, length);
            _pace.Wrote(_file, count);
            _zeroed += count;
            return false;
        }

        if (!_flushed)
        {
            FileSteps.Flush(_file);
            _file.Dispose();
            _flushed = true;
            return false;
        }

        // The name of a spare need not survive: whoever uses it flushes the folder.
        FileSteps.Rename(disk, AsidePath, path);
        return true;
    }

    public void Completed(Exception? error) => completed(this, error);
}
