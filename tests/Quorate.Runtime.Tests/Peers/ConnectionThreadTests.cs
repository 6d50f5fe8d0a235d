using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Quorate.Io;
using Quorate.Runtime.Tests.Loop;

namespace Quorate.Runtime.Tests.Peers;

/// <summary>Connections whose threads are lent to a lane for every frame that says so.</summary>
public sealed class ConnectionThreadTests
{
    [Fact]
    public async Task Frames_keep_their_order_and_their_thread_however_often_it_is_lent()
    {
        await using Ends ends = await Ends.StartAsync();
        string[] sent = [.. Enumerable.Range(0, 500).Select(i => i % 3 == 0 ? $"{i} flush" : $"{i}")];
        foreach (string text in sent)
        {
            ends.Send(text);
        }

        await Patience.UntilAsync(() => ends.Sink.Count == sent.Length, "all frames have arrived");
        ends.Sink.Texts.ShouldBe(sent);
        ends.Sink.Threads.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_thread_that_was_released_reads_its_connection_again_once_it_is_free()
    {
        await using Ends ends = await Ends.StartAsync();
        ends.Send("first");
        await Patience.UntilAsync(() => ends.Sink.Count == 1, "it has arrived");
        int own = ends.Sink.Threads.Single();
        NotingWork work = await ends.HangAsync();
        ends.Sink.LentThread!.Release();
        ends.Send("meanwhile");
        await Patience.UntilAsync(() => ends.Sink.Texts.Contains("meanwhile"), "it is read");
        work.CompletedOn.Task.IsCompleted.ShouldBeFalse();
        ends.Sink.MayEnd.Set();
        await Patience.UntilAsync(
            () =>
            {
                ends.Send("after");
                return ends.Sink.LastThread == own;
            },
            "the thread is back");
    }

    [Fact]
    public async Task A_listener_stops_while_the_thread_of_a_connection_is_lent_to_a_disk_that_hangs()
    {
        await using Ends ends = await Ends.StartAsync();
        NotingWork work = await ends.HangAsync();
        await Patience.ForAsync(ends.Listener.DisposeAsync().AsTask());
        work.CompletedOn.Task.IsCompleted.ShouldBeFalse();
    }

    /// <summary>One that sends, and one that lends.</summary>
    private sealed class Ends(TcpPeerNetwork network, PeerListener listener, PeerEnd sender, LendingSink sink) : IAsyncDisposable
    {
        public PeerListener Listener => listener;

        public LendingSink Sink => sink;

        public static async Task<Ends> StartAsync()
        {
            var logs = new CapturedLogs();
            var sink = new LendingSink();
            var network = new TcpPeerNetwork(PeerEnd.Options(2), [], logs);
            network.Start(sink);
            PeerListener listener = await PeerListener.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), network, logs);
            PeerEnd sender = await PeerEnd.StartAsync(PeerEnd.Options(1));
            await sender.DialAsync(2, listener.EndPoint.Port);
            return new Ends(network, listener, sender, sink);
        }

        public void Send(string text) => sender.Send(2, text);

        public async Task<NotingWork> HangAsync()
        {
            sink.MayEnd.Reset();
            Send("flush");
            await Patience.UntilAsync(() => sink.LastWork is { HasBegun.IsSet: true }, "the flush has begun");
            return sink.LastWork!;
        }

        public async ValueTask DisposeAsync()
        {
            sink.MayEnd.Set();
            await sender.DisposeAsync();
            await listener.DisposeAsync();
            await network.DisposeAsync();
            sink.Lane.Stop(Patience.Limit).ShouldBeTrue();
        }
    }

    private sealed class LendingSink : IPeerFrameSink
    {
        private readonly ConcurrentQueue<(string Text, int Thread)> _frames = [];

        public WorkLane Lane { get; } = new("test lane", (work, error) => work.Completed(error));

        public ManualResetEventSlim MayEnd { get; } = new(initialState: true);

        public NotingWork? LastWork { get; private set; }

        public ConnectionThread? LentThread { get; private set; }

        public int Count => _frames.Count;

        public IReadOnlyList<string> Texts => [.. _frames.Select(frame => frame.Text)];

        public IReadOnlyList<int> Threads => [.. _frames.Select(frame => frame.Thread).Distinct()];

        public int LastThread => _frames.Last().Thread;

        public ValueTask PostAsync(ulong from, FrameBuffer frame, CancellationToken cancellationToken)
        {
            string text = Encoding.ASCII.GetString(frame.Written.Span);
            frame.Dispose();
            _frames.Enqueue((text, Environment.CurrentManagedThreadId));
            if (!text.EndsWith("flush", StringComparison.Ordinal) || ConnectionThread.Current is not { } thread)
            {
                return ValueTask.CompletedTask;
            }

            LastWork = new NotingWork { MayEnd = MayEnd };
            LentThread = thread;
            Lane.Submit(LastWork, wake: false);
            return thread.Lend(Lane);
        }

        public void ConnectionLost(ulong from)
        {
        }
    }
}
