using System.Collections.Concurrent;
using System.Text;
using Quorate.Io;

namespace Quorate.Runtime.Tests.Peers;

/// <summary>Keeps what arrives; can be told to hold up whoever posts.</summary>
internal sealed class ReceivedFrames : IPeerFrameSink
{
    private readonly ConcurrentQueue<(ulong From, string Text)> _frames = [];
    private readonly ConcurrentQueue<(ulong From, int After)> _lost = [];
    private volatile TaskCompletionSource? _full;

    public int Count => _frames.Count;

    public IReadOnlyList<string> Texts => [.. _frames.Select(frame => frame.Text)];

    /// <summary>Who has lost its connection, and how many frames had come before.</summary>
    public IReadOnlyList<(ulong From, int After)> Lost => [.. _lost];

    public IReadOnlyList<ulong> Senders => [.. _frames.Select(frame => frame.From).Distinct()];

    public void Fill() => _full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Drain()
    {
        TaskCompletionSource? full = _full;
        _full = null;
        full?.SetResult();
    }

    public void ConnectionLost(ulong from) => _lost.Enqueue((from, _frames.Count));

    public async ValueTask PostAsync(ulong from, FrameBuffer frame, CancellationToken cancellationToken)
    {
        if (_full is { } full)
        {
            await full.Task.WaitAsync(cancellationToken);
        }

        _frames.Enqueue((from, Encoding.ASCII.GetString(frame.Written.Span)));
        frame.Dispose();
    }
}
