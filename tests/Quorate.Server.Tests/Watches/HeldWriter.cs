using Quorate.Etcd.Protocol;
using Quorate.Grpc;

namespace Quorate.Server.Tests.Watches;

/// <summary>A transport whose flushes are done when the test says so.</summary>
internal sealed class HeldWriter : IEncodedStreamWriter
{
    private readonly byte[] _bytes = new byte[1 << 20];
    private TaskCompletionSource? _held;

    public long PendingBytes { get; private set; }

    /// <summary>Whether the next flush waits for <see cref="Release"/>, or for its token.</summary>
    public bool Holds { get; set; }

    /// <summary>What the transport has against the next flush; null for nothing.</summary>
    public Exception? Refusal { get; set; }

    public int Flushes { get; private set; }

    /// <summary>What was flushed.</summary>
    public List<WatchResponse> Sent { get; } = [];

    /// <summary>Whether to keep what is sent, which allocates.</summary>
    public bool Keeps { get; set; } = true;

    public int EventsWanted { get; set; } = int.MaxValue;

    /// <summary>Done when as many events were sent.</summary>
    public TaskCompletionSource AllSent { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Write(IEncodedMessage message)
    {
        message.CopyTo(_bytes);
        PendingBytes += message.SizeBytes;
        if (Keeps)
        {
            Sent.Add(WatchResponse.Parser.ParseFrom(_bytes, 0, message.SizeBytes));
        }
    }

    public Task FlushAsync(CancellationToken cancellationToken)
    {
        Flushes++;
        PendingBytes = 0;
        if (Refusal is { } refusal)
        {
            throw refusal;
        }

        if (Keeps && Sent.Sum(response => response.Events.Count) >= EventsWanted)
        {
            AllSent.TrySetResult();
        }

        if (!Holds)
        {
            return Task.CompletedTask;
        }

        _held = new TaskCompletionSource();
        return _held.Task.WaitAsync(cancellationToken);
    }

    /// <summary>The flush is done, and whoever waited for it has been told.</summary>
    public void Release()
    {
        Holds = false;
        SynchronizationContext? context = SynchronizationContext.Current;
        try
        {
            // In the runner's, continuations are put off.
            SynchronizationContext.SetSynchronizationContext(null);
            _held!.SetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <summary>The values of the events that were sent.</summary>
    public IEnumerable<string> Values() => Sent.SelectMany(response => response.Events).Select(change => change.Kv.Value.ToStringUtf8());
}
