using Quorate.Io;

namespace Quorate.Storage;

/// <summary>Makes a spare segment, aside until it is whole. Where the disk has no room for it, it deletes what it has made.</summary>
internal sealed class SparePreparation(IDisk disk, string path, long length, Action<SparePreparation, Exception?> completed) : IWork
{
    private readonly FlushPace _pace = new();
    private IDiskFile? _file;
    private long _zeroed;
    private bool _flushed;

    public string Path => path;

    public long Length => length;

    /// <summary>Why there is no spare, where the disk is full; nothing is left of it then.</summary>
    public FoundNoRoomException? FoundNoRoom { get; private set; }

    private string AsidePath => path + LogFormat.AsideSuffix;

    public bool Step()
    {
        try
        {
            return Prepare();
        }
        catch (StorageFailedException error) when (error.DiskFull is not null)
        {
            _file?.Dispose();
            FileSteps.Delete(disk, AsidePath);
            FoundNoRoom = new FoundNoRoomException(AsidePath, error.DiskFull);
            return true;
        }
    }

    public void Completed(Exception? error) => completed(this, error);

    private bool Prepare()
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
}
