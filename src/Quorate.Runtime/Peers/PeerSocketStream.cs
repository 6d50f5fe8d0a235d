using System.Net.Sockets;

namespace Quorate.Runtime;

/// <summary>
/// A peer's connection as a stream whose reads and writes block while they are called on the connection's own thread, and
/// so end before they return: whatever awaits them goes on at once, on that thread. On any other thread they do not block.
/// </summary>
/// <remarks>
/// Reading by way of the system's event queue costs two threads woken for each frame, the queue's and one of the pool;
/// a thread that sleeps in the read itself is woken by the frame alone. A member has few peers, so the threads are few.
/// </remarks>
internal sealed class PeerSocketStream(Socket socket, ConnectionThread thread) : Stream
{
    private CancellationToken _registered;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    private bool MayBlock => ConnectionThread.Current == thread;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!MayBlock)
        {
            return ReadElsewhereAsync(buffer, cancellationToken);
        }

        EndWith(cancellationToken);
        int count = Read(buffer.Span);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(count);
    }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return socket.Receive(buffer, SocketFlags.None);
        }
        catch (SocketException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!MayBlock)
        {
            return WriteElsewhereAsync(buffer, cancellationToken);
        }

        EndWith(cancellationToken);
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            while (!buffer.IsEmpty)
            {
                buffer = buffer[socket.Send(buffer, SocketFlags.None)..];
            }
        }
        catch (SocketException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async ValueTask<int> ReadElsewhereAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (thread.TryReturn(out ValueTask returned))
        {
            await returned.ConfigureAwait(false);
            return await ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            return await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    private async ValueTask WriteElsewhereAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            while (!buffer.IsEmpty)
            {
                buffer = buffer[await socket.SendAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false)..];
            }
        }
        catch (SocketException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    /// <summary>Only the end of the connection wakes a thread that sleeps in a call of it.</summary>
    private void EndWith(CancellationToken cancellationToken)
    {
        if (_registered == cancellationToken)
        {
            return;
        }

        _registered = cancellationToken;
        cancellationToken.UnsafeRegister(
            static state =>
            {
                try
                {
                    ((Socket)state!).Shutdown(SocketShutdown.Both);
                }
                catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
                {
                    // It has ended already.
                }
            },
            socket);
    }
}
