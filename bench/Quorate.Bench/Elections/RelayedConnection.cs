using System.Diagnostics;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Quorate.Bench.Elections;

/// <summary>One connection through a relay: what is read on one side is written on the other, a delay later.</summary>
internal sealed class RelayedConnection(Socket near, Socket far, Func<TimeSpan> drawDelay) : IDisposable
{
    private readonly CancellationTokenSource _severed = new();
    private volatile TaskCompletionSource? _held;
    private volatile bool _isDiscarding;

    /// <summary>Carries both directions until both have ended.</summary>
    public Task RunAsync() => Task.WhenAll(CarryAsync(near, far, mayBeHeld: true), CarryAsync(far, near, mayBeHeld: false));

    public void Dispose() => _severed.Dispose();

    public void Hold() => _held ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What is on its way still arrives, unless it is held back; then either side sees the end.</summary>
    public void Sever()
    {
        try
        {
            _severed.Cancel();
        }
        catch (ObjectDisposedException)
        {
            return; // it has ended by itself
        }

        if (_held is { } held)
        {
            _isDiscarding = true;
            held.TrySetResult();
        }
    }

    private async Task CarryAsync(Socket from, Socket to, bool mayBeHeld)
    {
        var onTheWay = Channel.CreateUnbounded<(long Due, byte[] Bytes)>();
        Task writing = WriteAsync(to, onTheWay.Reader, mayBeHeld);
        byte[] buffer = new byte[64 << 10];
        try
        {
            while (await from.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, _severed.Token) is > 0 and int count)
            {
                onTheWay.Writer.TryWrite((DueAfter(drawDelay()), buffer[..count]));
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The end takes the same way as what came before it.
        }

        onTheWay.Writer.TryWrite((DueAfter(drawDelay()), []));
        await writing;
    }

    private async Task WriteAsync(Socket to, ChannelReader<(long Due, byte[] Bytes)> onTheWay, bool mayBeHeld)
    {
        try
        {
            await foreach ((long due, byte[] bytes) in onTheWay.ReadAllAsync())
            {
                TimeSpan wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
                if (wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait);
                }

                if (bytes.Length == 0)
                {
                    break;
                }

                if (mayBeHeld && _held is { } held)
                {
                    await held.Task;
                }

                if (!mayBeHeld || !_isDiscarding)
                {
                    await to.SendAsync(bytes);
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Nobody is there any more.
        }

        End(to);
    }

    private static void End(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It has ended already.
        }
    }

    private static long DueAfter(TimeSpan delay) => Stopwatch.GetTimestamp() + (long)(delay.TotalSeconds * Stopwatch.Frequency);
}
