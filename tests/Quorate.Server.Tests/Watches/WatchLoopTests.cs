using Microsoft.Extensions.Logging.Abstractions;
using Quorate.Server.Watches;

namespace Quorate.Server.Tests.Watches;

/// <summary>The thread itself, with clients that read and one that does not.</summary>
public class WatchLoopTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task All_streams_hear_everything_from_one_thread_though_one_of_them_never_reads()
    {
        const int Streams = 700;
        const int Events = 50;
        var world = new WatchWorld();
        using var loop = new WatchLoop(world.Watches, NullLogger.Instance);
        HeldWriter[] writers = [.. Enumerable.Range(0, Streams).Select(_ => new HeldWriter())];
        foreach (HeldWriter writer in writers)
        {
            writer.EventsWanted = Events;
            var sender = new WatchSender(world.Watches, loop.Turns, writer, () => { }, CancellationToken.None);
            sender.Stream.Receive(WatchWorld.Create("k"));
        }

        HeldWriter stuck = writers[Streams / 2];
        stuck.Holds = true;
        loop.Start();
        for (int i = 0; i < Events; i++)
        {
            world.Put("k", $"{i}");
        }

        await Task.WhenAll(writers.Where(writer => writer != stuck).Select(writer => writer.AllSent.Task)).WaitAsync(Patience);
        stuck.Flushes.ShouldBe(1);
        stuck.Release();
        await stuck.AllSent.Task.WaitAsync(Patience);
        foreach (HeldWriter writer in writers)
        {
            writer.Sent[0].Created.ShouldBeTrue();
            writer.Values().ShouldBe(Enumerable.Range(0, Events).Select(i => $"{i}"));
        }
    }
}
