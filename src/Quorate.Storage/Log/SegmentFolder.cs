using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Storage;

/// <summary>The folder of the log's files, as a start finds and tidies it.</summary>
internal static class SegmentFolder
{
    /// <summary>The number of the first block of a new log.</summary>
    public const ulong FirstNumber = 1;

    private const ulong FirstSequence = 1;

    /// <summary>The segments in the folder, in order.</summary>
    public static List<ulong> ListSegments(IDisk disk)
    {
        List<ulong> sequences = [];
        foreach (string name in disk.ListFiles(LogFormat.Folder))
        {
            if (LogFormat.TryParseName(name, LogFormat.SegmentSuffix, out ulong sequence))
            {
                sequences.Add(sequence);
            }
        }

        sequences.Sort();
        return sequences;
    }

    /// <summary>Makes the first segment of a new log, durable when it returns.</summary>
    public static void CreateFirstSegment(IDisk disk, MemberIdentity identity, SeededRandom random, StorageOptions options)
    {
        SegmentCreation creation = new(
            disk,
            new SegmentHeader
            {
                Identity = identity,
                Sequence = FirstSequence,
                Salt = random.NextUInt64(),
                Length = options.SegmentBytes,
                FirstNumber = FirstNumber,
                Chain = 0,
                HardState = default,
                Last = LogPosition.Start,
            },
            sparePath: null);
        while (!creation.Step())
        {
        }

        creation.File!.Dispose();
    }

    /// <summary>
    /// Keeps the spare segments that are of use, and deletes the others and what is half made. Returns them, and the number of the
    /// next one to be made.
    /// </summary>
    public static (Queue<string> Spares, ulong Next) TidySpares(IDisk disk, StorageOptions options)
    {
        Queue<string> spares = new();
        ulong next = 1;
        foreach (string name in disk.ListFiles(LogFormat.Folder))
        {
            string path = LogFormat.Folder + "/" + name;
            if (name.EndsWith(LogFormat.AsideSuffix, StringComparison.Ordinal))
            {
                FileSteps.Delete(disk, path);
            }
            else if (LogFormat.TryParseName(name, LogFormat.SpareSuffix, out ulong number))
            {
                next = Math.Max(next, number + 1);
                if (spares.Count < options.SpareSegmentsMax && HasLength(disk, path, options.SegmentBytes))
                {
                    spares.Enqueue(path);
                }
                else
                {
                    FileSteps.Delete(disk, path);
                }
            }
        }

        return (spares, next);
    }

    private static bool HasLength(IDisk disk, string path, long length)
    {
        using IDiskFile file = FileSteps.Open(disk, path, DiskFileMode.Read);
        return file.Length == length;
    }
}
