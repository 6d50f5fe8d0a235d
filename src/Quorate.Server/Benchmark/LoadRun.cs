using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Google.Protobuf;

namespace Quorate.Server.Benchmark;

/// <summary>Makes a load with as many threads as it has connections, and measures it.</summary>
internal static class LoadRun
{
    /// <summary>Clients that call and call again.</summary>
    /// <exception cref="IOException">A connection cannot be made, or broke.</exception>
    public static LoadResult Call(LoadOptions options, RequestTemplate template)
    {
        var clock = LoadClock.Start(options);
        int connections = Math.Min(options.Connections, options.Clients);
        TimeSpan before = OwnProcessorTime();
        KeySequence? sequence = options.InSequence ? new KeySequence(options.Keys) : null;
        CallLoad[] loads = [.. Enumerable.Range(0, connections).Select(i => new CallLoad(
            options.EndPoints[i % options.EndPoints.Count],
            template,
            (options.Clients / connections) + (i < options.Clients % connections ? 1 : 0),
            options.Keys,
            seed: i,
            clock,
            sequence))];
        RunAll([.. loads.Select(load => (Action)(() => load.Run(options.Clients / connections)))]);
        LatencyHistogram latencies = new();
        foreach (CallLoad load in loads)
        {
            latencies.Add(load.Latencies);
            load.Dispose();
        }

        return new LoadResult(
            latencies.Count,
            loads.Sum(load => load.Answers),
            clock.Counted,
            latencies,
            loads.Sum(load => load.Failures),
            loads.Select(load => load.FirstFailure).FirstOrDefault(reason => reason is not null),
            OwnProcessorTime() - before);
    }

    /// <summary>Watchers, and one client that writes what they watch.</summary>
    /// <exception cref="IOException">A connection cannot be made, or broke.</exception>
    public static LoadResult Watch(LoadOptions options, RequestTemplate write, ByteString key, ByteString rangeEnd)
    {
        var clock = LoadClock.Start(options);
        int connections = Math.Min(options.Connections, options.Clients);
        TimeSpan before = OwnProcessorTime();
        WatchLoad[] watches = [.. Enumerable.Range(0, connections).Select(i => new WatchLoad(
            options.EndPoints[i % options.EndPoints.Count],
            key,
            rangeEnd,
            (options.Clients / connections) + (i < options.Clients % connections ? 1 : 0),
            options.WatchesPerStream,
            clock))];
        using var writer = new CallLoad(options.EndPoints[0], write, clients: 1, options.Keys, seed: 1, clock);
        RunAll(
        [
            .. watches.Select(watch => (Action)(() => watch.Run(watch.Streams))),
            () =>
            {
                Array.ForEach(watches, watch => watch.Ready.Wait(options.WarmUp));
                writer.Run(streams: 1);
            },
        ]);
        Array.ForEach(watches, watch => watch.Dispose());
        return new LoadResult(
            watches.Sum(watch => watch.Events),
            watches.Sum(watch => watch.AllEvents),
            clock.Counted,
            writer.Latencies,
            writer.Failures + watches.Count(watch => watch.Failure is not null),
            watches.Select(watch => watch.Failure).Append(writer.FirstFailure).FirstOrDefault(reason => reason is not null),
            OwnProcessorTime() - before);
    }

    private static void RunAll(Action[] actions)
    {
        ExceptionDispatchInfo? failure = null;
        Thread[] threads = [.. actions.Select((action, i) => new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                failure ??= ExceptionDispatchInfo.Capture(e);
            }
        })
        { Name = $"load {i}" })];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        failure?.Throw();
    }

    private static TimeSpan OwnProcessorTime()
    {
        using var self = Process.GetCurrentProcess();
        return self.TotalProcessorTime;
    }
}
