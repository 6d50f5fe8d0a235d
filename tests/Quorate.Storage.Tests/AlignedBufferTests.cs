using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Quorate.Storage.Tests;

/// <summary>What the log writes comes from memory that a disk can fetch by itself.</summary>
public sealed class AlignedBufferTests
{
    [Fact]
    public void It_begins_at_a_multiple_of_4096_and_keeps_its_beginning_as_it_grows()
    {
        AlignedBuffer buffer = new();
        buffer.Length.ShouldBe(0);
        byte[] first = [.. Enumerable.Range(1, 200).Select(value => (byte)value)];
        buffer.Grow(512, 64);
        first.CopyTo(buffer.Span);
        for (int length = 1024; length <= 1 << 20; length *= 2)
        {
            buffer.Grow(length, first.Length);
            buffer.Length.ShouldBe(length);
            buffer.Span.Length.ShouldBe(length);
            (Address(buffer) % 4096).ShouldBe(0);
            buffer.Span[..first.Length].ToArray().ShouldBe(first);
        }
    }

    [Fact]
    public void It_does_not_move()
    {
        AlignedBuffer buffer = new();
        buffer.Grow(4096, 0);
        nint address = Address(buffer);
        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        Address(buffer).ShouldBe(address);
    }

    [Fact]
    public void What_was_let_go_of_can_grow_again()
    {
        AlignedBuffer buffer = new();
        buffer.Grow(4096, 0);
        buffer.Release();
        buffer.Length.ShouldBe(0);
        buffer.Span.IsEmpty.ShouldBeTrue();
        buffer.Grow(512, 64);
        buffer.Length.ShouldBe(512);
    }

    private static nint Address(AlignedBuffer buffer) =>
        Unsafe.ByteOffset(ref Unsafe.NullRef<byte>(), ref MemoryMarshal.GetReference(buffer.Span));
}
