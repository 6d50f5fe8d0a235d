namespace Quorate.Io;

/// <summary>An open file of an <see cref="IDisk"/>. Offsets and lengths are in bytes.</summary>
public interface IDiskFile : IDisposable
{
    /// <summary>The path it was opened by, for messages.</summary>
    string Path { get; }

    /// <summary>Length in bytes.</summary>
    long Length { get; }

    /// <summary>Reads up to <c>destination.Length</c> bytes; returns how many, less only at the end of the file.</summary>
    int Read(long offset, Span<byte> destination);

    /// <summary>Writes all bytes at the offset, growing the file where needed.</summary>
    void Write(long offset, ReadOnlySpan<byte> source);

    /// <summary>Makes everything written to this file so far durable.</summary>
    void Flush();

    /// <summary>Cuts or grows (with zeros) the file.</summary>
    void SetLength(long length);
}
