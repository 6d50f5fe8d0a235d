using Quorate.Io;

namespace Quorate.Storage;

/// <summary>
/// Makes a segment of the log, from a spare or anew, in steps: bytes and header are flushed <b>before</b> the file gets
/// the name that makes it part of the log, and the name is flushed before anything is written into it. So a segment that
/// is found by its name is whole, and none that holds a flushed block is missing.
/// </summary>
internal sealed class SegmentCreation(IDisk disk, SegmentHeader header, string? sparePath)
{
    private readonly string _path = LogFormat.SegmentPath(header.Sequence);
    private readonly string _asidePath = sparePath ?? LogFormat.SegmentPath(header.Sequence) + LogFormat.AsideSuffix;
    private Stage _stage = sparePath is null ? Stage.Create : Stage.OpenSpare;
    private IDiskFile? _aside;
    private long _zeroed;

    private enum Stage
    {
        Create,
        Zero,
        OpenSpare,
        Flush,
        Rename,
        FlushName,
        Reopen,
        Done,
    }

    public SegmentHeader Header => header;

    public string? SparePath => sparePath;

    /// <summary>The segment, open, once all steps are done.</summary>
    public IDiskFile? File { get; private set; }

    /// <summary>Does one step; true when none remains.</summary>
    public bool Step()
    {
        switch (_stage)
        {
            case Stage.Create:
                _aside = FileSteps.Open(disk, _asidePath, DiskFileMode.Create);
                _stage = Stage.Zero;
                break;

            case Stage.Zero:
                _zeroed += ZeroFill.WritePiece(_aside!, _zeroed, header.Length);
                if (_zeroed == header.Length)
                {
                    WriteHeader();
                    _stage = Stage.Flush;
                }

                break;

            case Stage.OpenSpare:
                _aside = FileSteps.Open(disk, _asidePath, DiskFileMode.ReadWrite);
                WriteHeader();
                _stage = Stage.Flush;
                break;

            case Stage.Flush:
                FileSteps.Flush(_aside!);
                _aside!.Dispose();
                _stage = Stage.Rename;
                break;

            case Stage.Rename:
                FileSteps.Rename(disk, _asidePath, _path);
                _stage = Stage.FlushName;
                break;

            case Stage.FlushName:
                FileSteps.FlushFolder(disk, LogFormat.Folder);
                _stage = Stage.Reopen;
                break;

            case Stage.Reopen:
                File = FileSteps.Open(disk, _path, DiskFileMode.Overwrite);
                _stage = Stage.Done;
                break;
        }

        return _stage == Stage.Done;
    }

    private void WriteHeader()
    {
        byte[] sector = new byte[SegmentHeader.Size];
        header.Write(sector);
        FileSteps.Write(_aside!, 0, sector);
    }
}
