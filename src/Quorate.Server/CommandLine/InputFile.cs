namespace Quorate.Server.CommandLine;

/// <summary>Opens the files that commands read. One that cannot be read is told like any input that cannot be understood.</summary>
internal static class InputFile
{
    /// <exception cref="FormatException">There is no such file, or it cannot be read; says so in the caller's terms.</exception>
    public static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FormatException($"there is no file '{path}'", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new FormatException(Directory.Exists(path) ? $"'{path}' is a folder, not a file" : $"this user may not read the file '{path}'", e);
        }
        catch (Exception e) when (e is IOException or NotSupportedException)
        {
            throw new FormatException($"the file '{path}' cannot be read: {e.Message}", e);
        }
    }
}
