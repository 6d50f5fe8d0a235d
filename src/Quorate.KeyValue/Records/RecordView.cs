using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Quorate.KeyValue.Records;

/// <summary>
/// The slabs as of one version of the store. Whoever holds it holds the slabs, also those that the store has given up since.
/// </summary>
/// <remarks>
/// Slabs that are added later may show in it, at numbers that nothing of this version refers to. One that is given up does
/// not vanish from it (<see cref="RecordSlabs.ReleaseEmpty"/>).
/// </remarks>
internal readonly struct RecordView(byte[]?[] slabs)
{
    /// <summary>
    /// So many versions ahead of the one that it gives, a walk asks for the next: they stand anywhere in memory, and what is
    /// asked for so early has come when its turn comes.
    /// </summary>
    public const int WalkAhead = 4;

    private const int CacheLineBytes = 64;

    /// <summary>Lines that a short record takes, and the first of a long one: from there on the processor sees by itself where the walk goes.</summary>
    private const int PrefetchedLines = 6;

    /// <summary>The version that a handle stands for.</summary>
    public KeyRevision this[RecordHandle handle] => new(slabs[handle.Slab]!, handle.Offset);

    /// <summary>Asks memory for what stands before the key of a version, without waiting for it.</summary>
    public void Prefetch(RecordHandle handle) => Prefetch(handle, 2);

    /// <summary>Asks memory for all of a version that is not very long, without waiting for it.</summary>
    public void PrefetchAll(RecordHandle handle) => Prefetch(handle, PrefetchedLines);

    /// <remarks>A hint to the processor: it reads nothing that the program sees, and may well be of an address that is none.</remarks>
    private unsafe void Prefetch(RecordHandle handle, int lines)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        ref byte record = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(slabs[handle.Slab]!), handle.Offset);
        byte* address = (byte*)Unsafe.AsPointer(ref record);
        for (int line = 0; line < lines; line++)
        {
            Sse.Prefetch0(address + (line * CacheLineBytes));
        }
    }
}
