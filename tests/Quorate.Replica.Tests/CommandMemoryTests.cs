using System.Runtime.InteropServices;

namespace Quorate.Replica.Tests;

public class CommandMemoryTests
{
    [Fact]
    public void Nobody_gets_bytes_that_another_has()
    {
        var random = new Random(1);
        List<Memory<byte>> taken = [];
        for (int i = 0; i < 5_000; i++)
        {
            // Some are longer than what is shared.
            Memory<byte> memory = CommandMemory.Allocate(random.Next(100) == 0 ? 20_000 : random.Next(400));
            memory.Span.Fill((byte)i);
            taken.Add(memory);
        }

        for (int i = 0; i < taken.Count; i++)
        {
            taken[i].Span.ContainsAnyExcept((byte)i).ShouldBeFalse();
        }
    }

    [Fact]
    public void Small_commands_cost_hardly_more_than_their_bytes()
    {
        const int Commands = 10_000;
        const int Bytes = 300;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Commands; i++)
        {
            CommandMemory.Allocate(Bytes);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeInRange(Commands * (Bytes - 15L), Commands * (Bytes + 15L));
    }

    [Fact]
    public void A_long_command_has_an_array_of_its_own()
    {
        MemoryMarshal.TryGetArray(CommandMemory.Allocate(1_000_000), out ArraySegment<byte> segment).ShouldBeTrue();
        segment.Array!.Length.ShouldBe(1_000_000);
        CommandMemory.Allocate(0).IsEmpty.ShouldBeTrue();
        Should.Throw<ArgumentOutOfRangeException>(() => CommandMemory.Allocate(-1));
    }
}
