namespace Quorate.Replica;

/// <summary>
/// Memory for commands on their way into the log. They live until the log is cut, and most are small: as arrays of their own the
/// garbage collector would move each of them twice and look at it as often. Here hundreds share an array that is large
/// enough never to be moved. Since the log is cut in order, all of one go at about the same time.
/// </summary>
public static class CommandMemory
{
    /// <summary>Above 85,000 bytes an array is a large object, which stays where it is.</summary>
    private const int ChunkBytes = 128 << 10;

    /// <summary>What is longer gets an array of its own: it would leave too much of the last chunk empty.</summary>
    private const int SharedBytesMax = ChunkBytes / 8;

    // Of each thread, so that nobody waits. Which bytes of which array are taken shows nowhere.
    [ThreadStatic]
    private static byte[]? _chunk;

    [ThreadStatic]
    private static int _usedBytes;

    /// <summary>So many bytes, of any content, that nobody else has.</summary>
    /// <param name="bytes">Zero or more.</param>
    public static Memory<byte> Allocate(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (bytes > SharedBytesMax)
        {
            return GC.AllocateUninitializedArray<byte>(bytes);
        }

        if (_chunk is not { } chunk || ChunkBytes - _usedBytes < bytes)
        {
            _chunk = chunk = GC.AllocateUninitializedArray<byte>(ChunkBytes);
            _usedBytes = 0;
        }

        Memory<byte> memory = chunk.AsMemory(_usedBytes, bytes);
        _usedBytes += bytes;
        return memory;
    }
}
