using System.Runtime.InteropServices;

namespace Quorate.Storage;

/// <summary>
/// Bytes that begin at a multiple of 4096 and never move, as a disk wants them that fetches them itself
/// (<see cref="Io.DiskFileMode.Overwrite"/>).
/// </summary>
internal sealed class AlignedBuffer
{
    /// <summary>No buffer is longer than this.</summary>
    public const int LengthMax = 1 << 30;

    private const int Alignment = 4096;

    private byte[] _array = [];
    private int _start;

    public int Length { get; private set; }

    public Span<byte> Span => _array.AsSpan(_start, Length);

    /// <summary>Makes it that long, and keeps the first <paramref name="used"/> bytes of it.</summary>
    public void Grow(int length, int used)
    {
        byte[] array = GC.AllocateArray<byte>(length + Alignment - 1, pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(array, 0);
        int start = (int)(-address & (Alignment - 1));
        Span[..Math.Min(used, Length)].CopyTo(array.AsSpan(start));
        (_array, _start, Length) = (array, start, length);
    }

    /// <summary>Lets go of the memory.</summary>
    public void Release() => (_array, _start, Length) = ([], 0, 0);
}
