using Quorate.Io;

namespace Quorate.Storage;

/// <summary>Names the file and the operation when the disk fails, so that the operator reads both.</summary>
internal static class FileSteps
{
    public static IDiskFile Open(IDisk disk, string path, DiskFileMode mode)
    {
        try
        {
            return disk.Open(path, mode);
        }
        catch (IOException error)
        {
            throw new StorageFailedException(path, mode is DiskFileMode.Create or DiskFileMode.CreateNew ? "creation" : "opening", error);
        }
    }

    public static void Write(IDiskFile file, long offset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            file.Write(offset, bytes);
        }
        catch (IOException error)
        {
            throw new StorageFailedException(file.Path, $"write of {bytes.Length} bytes at offset {offset}", error);
        }
    }

    public static void Flush(IDiskFile file)
    {
        try
        {
            file.Flush();
        }
        catch (IOException error)
        {
#if QUORATE_MUTANTS
            if (Raft.Mutants.Is(Raft.Mutant.FlushErrorIgnored))
            {
                return;
            }
#endif
            throw new StorageFailedException(file.Path, "flush", error);
        }
    }

    /// <summary>
    /// Puts a whole file in the place of another, in the top folder: after a crash there is the old one or the new one.
    /// </summary>
    public static void Replace(IDisk disk, string path, ReadOnlySpan<byte> bytes)
    {
        string aside = path + LogFormat.AsideSuffix;
        using (IDiskFile file = Open(disk, aside, DiskFileMode.Create))
        {
            Write(file, 0, bytes);
            Flush(file);
        }

        Rename(disk, aside, path);
        FlushFolder(disk, "");
    }

    /// <summary>Reads until the destination is full or the file ends.</summary>
    public static int Read(IDiskFile file, long offset, Span<byte> destination)
    {
        try
        {
            int total = 0;
            while (total < destination.Length)
            {
                int count = file.Read(offset + total, destination[total..]);
                if (count == 0)
                {
                    break;
                }

                total += count;
            }

            return total;
        }
        catch (IOException error)
        {
            throw new StorageFailedException(file.Path, $"read of {destination.Length} bytes at offset {offset}", error);
        }
    }

    public static void Rename(IDisk disk, string path, string newPath)
    {
        try
        {
            disk.Rename(path, newPath);
        }
        catch (IOException error)
        {
            throw new StorageFailedException(path, $"renaming to '{newPath}'", error);
        }
    }

    public static void Delete(IDisk disk, string path)
    {
        try
        {
            disk.Delete(path);
        }
        catch (IOException error)
        {
            throw new StorageFailedException(path, "deletion", error);
        }
    }

    public static void FlushFolder(IDisk disk, string folder)
    {
        try
        {
            disk.FlushFolder(folder);
        }
        catch (IOException error)
        {
            throw new StorageFailedException(folder, "flush of the folder", error);
        }
    }
}
