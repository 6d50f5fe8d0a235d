using Quorate.Etcd.Watches;
using Quorate.Grpc;

namespace Quorate.Server.Watches;

/// <summary>
/// Brings what one stream has to say to its client. It has no task of its own: one thread gives all streams their turns
/// (<see cref="WatchLoop"/>), and a turn takes what there is, writes it into the transport's buffer, and ends. Where the
/// transport wants to be waited for, because this client reads slowly, the next turn comes when it has room.
/// </summary>
/// <remarks>
/// Invariant: at any time it waits for a turn, or for the transport upon which it will, or its stream has promised to say
/// when there is more; never two of these. So it is never served twice at once, nor forgotten.
/// </remarks>
internal sealed class WatchSender
{
    /// <summary>Most bytes of a turn, and the message that goes beyond: what a client that does not read costs in buffers.</summary>
    private const int TurnBytesMax = 64 << 10;

    private readonly SenderTurns _turns;
    private readonly IEncodedStreamWriter _responses;
    private readonly Action _answersTaken;
    private readonly CancellationToken _ending;
    private readonly Action _askForTurn;
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private Task _flush = Task.CompletedTask;
    private bool _hasMore;

    /// <summary>Something is written and not flushed. Until it is, the flush asks for the next turn, where there is more.</summary>
    private bool _isWritten;
    private bool _hasEnded;

    /// <summary>Opens a stream, and sends what it says.</summary>
    /// <param name="watches">The member's watches.</param>
    /// <param name="turns">Who gives turns.</param>
    /// <param name="responses">Where to send.</param>
    /// <param name="answersTaken">Called after each turn, for whoever waits for room for more answers.</param>
    /// <param name="ending">Ends a wait for the transport.</param>
    public WatchSender(
        MemberWatches watches, SenderTurns turns, IEncodedStreamWriter responses, Action answersTaken, CancellationToken ending)
    {
        _turns = turns;
        _responses = responses;
        _answersTaken = answersTaken;
        _ending = ending;
        _askForTurn = AskForTurn;
        Stream = watches.Open(_askForTurn);
    }

    /// <summary>The stream, which whoever made this closes after <see cref="EndAsync"/>.</summary>
    public WatchStream Stream { get; }

    /// <summary>Ends, in an error, when nothing can be sent any more.</summary>
    public Task Failed => _failed.Task;

    /// <summary>Writes what there is, without waiting; it leaves with <see cref="Flush"/>. Called by the thread that gives turns only.</summary>
    /// <param name="scratch">That thread's.</param>
    /// <returns>Whether it is to be flushed, and was not before: once, if it has several turns before that.</returns>
    public bool Write(TurnScratch scratch)
    {
        lock (_lock)
        {
            if (_hasEnded)
            {
                return false;
            }

            try
            {
                if (_flush.IsCompleted)
                {
                    return TakeAndWrite(scratch);
                }

                AskForTurnWhenFlushed();
            }
            catch (Exception e)
            {
                Fail(e);
            }

            return false;
        }
    }

    /// <summary>Hands what was written to the transport. Called by the same thread, if <see cref="Write"/> says so.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            if (_hasEnded)
            {
                return;
            }

            try
            {
                _isWritten = false;
                _flush = _responses.FlushAsync(_ending);
                if (_hasMore)
                {
                    AskForTurnWhenFlushed();
                }
            }
            catch (Exception e)
            {
                Fail(e);
            }
        }
    }

    /// <summary>Nothing is written after this; done when the transport has let go of what was. The token must have been cancelled.</summary>
    public async Task EndAsync()
    {
        Task flush;
        lock (_lock)
        {
            _hasEnded = true;
            flush = _flush;
        }

        await flush.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private bool TakeAndWrite(TurnScratch scratch)
    {
        // Throws what the transport has against this stream.
        _flush.GetAwaiter().GetResult();
        scratch.Messages.Clear();
        _hasMore = Stream.Take(scratch.Messages, TurnBytesMax);
        _answersTaken();
        if (scratch.Messages.Count == 0)
        {
            if (_hasMore && !_isWritten)
            {
                AskForTurn();
            }

            return false;
        }

        foreach (WatchMessage message in scratch.Messages)
        {
            _responses.Write(scratch.Encode(message));
            scratch.WrittenBytes += message.SizeBytes;
        }

        bool isFirst = !_isWritten;
        _isWritten = true;
        return isFirst;
    }

    private void Fail(Exception e)
    {
        _hasEnded = true;
        _failed.TrySetException(e);
    }

    private void AskForTurnWhenFlushed()
    {
        if (_flush.IsCompleted)
        {
            AskForTurn();
        }
        else
        {
            _flush.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_askForTurn);
        }
    }

    private void AskForTurn() => _turns.Add(this);
}
