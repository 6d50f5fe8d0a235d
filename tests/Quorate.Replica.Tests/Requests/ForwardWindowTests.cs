using Quorate.Replica.Wire;

namespace Quorate.Replica.Tests.Requests;

public sealed class ForwardWindowTests
{
    [Fact]
    public void A_frame_is_taken_once_in_whatever_order_frames_arrive()
    {
        ForwardWindow window = new();
        foreach (ulong sequence in (ulong[])[1, 3, 2, 7, 100])
        {
            window.TryEnter(sequence).ShouldBeTrue();
            window.TryEnter(sequence).ShouldBeFalse();
        }

        window.TryEnter(3).ShouldBeFalse();
        window.TryEnter(99).ShouldBeTrue();
    }

    [Fact]
    public void What_is_too_old_to_tell_is_taken_for_seen()
    {
        ForwardWindow window = new();
        window.TryEnter(1_000_000).ShouldBeTrue();
        window.TryEnter(1_000_000 - ForwardWindow.FramesMax).ShouldBeFalse();
        window.TryEnter(1_000_001 - ForwardWindow.FramesMax).ShouldBeTrue();
    }

    [Fact]
    public void Random_orders_agree_with_a_set_of_everything_seen()
    {
        var random = new Raft.SeededRandom(5);
        ForwardWindow window = new();
        HashSet<ulong> seen = [];
        ulong newest = 0;
        for (int i = 0; i < 100_000; i++)
        {
            ulong sequence = newest < 500 || random.Next(3) == 0 ? newest + (ulong)random.Next(1, 50) : newest - (ulong)random.Next(500);
            sequence = Math.Max(sequence, 1);
            newest = Math.Max(newest, sequence);
            window.TryEnter(sequence).ShouldBe(seen.Add(sequence));
        }
    }
}
