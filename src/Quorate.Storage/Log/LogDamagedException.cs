namespace Quorate.Storage;

/// <summary>The log is damaged elsewhere than in a torn tail.</summary>
public sealed class LogDamagedException : StorageDamagedException
{
    /// <summary>Names the segment and the place in it.</summary>
    public LogDamagedException(string path, long offset, string problem)
        : base(path, offset, problem)
    {
    }
}
