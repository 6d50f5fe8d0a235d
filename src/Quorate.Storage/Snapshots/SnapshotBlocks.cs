using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Storage;

/// <summary>The blocks of a snapshot's file, which are to be what a snapshot is known to be; checked some at a time.</summary>
internal sealed class SnapshotBlocks : IDisposable
{
    /// <summary>Blocks checked in one step of a work.</summary>
    private const int BlocksAtOnce = 16;

    private readonly string _path;
    private readonly SnapshotMetadata _expected;
    private readonly SnapshotReader _reader;

    /// <exception cref="SnapshotDamagedException">It does not begin as a snapshot of this member's cluster does.</exception>
    public SnapshotBlocks(IDisk disk, string path, MemberIdentity identity, SnapshotMetadata expected)
    {
        _path = path;
        _expected = expected;
        try
        {
            _reader = new SnapshotReader(disk, path, identity);
        }
        catch (DataFolderException error)
        {
            throw new SnapshotDamagedException(path, 0, error.Message);
        }
    }

    /// <summary>Checks the next blocks; whether all are checked.</summary>
    /// <exception cref="SnapshotDamagedException">One is not what was written, or all together are another snapshot.</exception>
    public bool CheckSome()
    {
        for (int i = 0; i < BlocksAtOnce; i++)
        {
            if (!_reader.ReadBlock().IsEmpty)
            {
                continue;
            }

            return _reader.Metadata.IsSameFileAs(_expected)
                ? true
                : throw new SnapshotDamagedException(_path, 0, "it is another snapshot than it should be");
        }

        return false;
    }

    public void Dispose() => _reader.Dispose();
}
