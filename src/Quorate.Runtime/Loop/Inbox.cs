using Quorate.Io;
using Quorate.Replica;

namespace Quorate.Runtime;

/// <summary>
/// What waits in front of a replica's loop, in order of arrival. Any thread puts in, only who has the turn takes out, all at
/// once: the two exchange two arrays, so that a batch costs the loop one lock, and nothing is allocated once the arrays
/// have grown to the size of the load.
/// </summary>
internal sealed class Inbox
{
    private readonly InboxLimits _limits;
    private readonly WakeSignal _signal;
    private readonly Lock _gate = new();
    private InboxItem[] _items_NeedsGate = new InboxItem[64];
    private int _count_NeedsGate;
    private int _requests_NeedsGate;
    private long _requestBytes_NeedsGate;
    private int _frames_NeedsGate;
    private long _frameBytes_NeedsGate;
    private TaskCompletionSource? _space_NeedsGate;
    private bool _closed_NeedsGate;

    // Of whoever has the turn: the array that it took last, and how much of it is used.
    private InboxItem[] _spare = new InboxItem[64];
    private int _spareUsed;

    public Inbox(InboxLimits limits, WakeSignal signal)
    {
        _limits = limits;
        _signal = signal;
    }

    /// <summary>
    /// Puts in what must not be lost: a completion, or a wish of the host. Its number is bounded by whoever has
    /// started it. False once closed.
    /// </summary>
    /// <param name="item">The event.</param>
    /// <param name="wake">False where the caller sees to it that somebody takes it out.</param>
    public bool Post(in InboxItem item, bool wake = true)
    {
        lock (_gate)
        {
            if (_closed_NeedsGate)
            {
                return false;
            }

            Add_NeedsGate(item);
        }

        if (wake)
        {
            _signal.Raise();
        }

        return true;
    }

    /// <summary>Puts in a proposal, or says why not. The caller sees to it that somebody takes it out.</summary>
    public ProposalStatus? TryPost(Proposal proposal)
    {
        if (proposal.Buffer.Length > _limits.RequestBytesMax)
        {
            return ProposalStatus.TooLarge; // and not overloaded: it would find no room at any later time
        }

        lock (_gate)
        {
            if (_closed_NeedsGate)
            {
                return ProposalStatus.Stopping;
            }

            if (_requests_NeedsGate >= _limits.RequestsMax || _requestBytes_NeedsGate + proposal.Buffer.Length > _limits.RequestBytesMax)
            {
                return ProposalStatus.Overloaded;
            }

            _requests_NeedsGate++;
            _requestBytes_NeedsGate += proposal.Buffer.Length;
            Add_NeedsGate(new InboxItem(InboxItemKind.Proposal, proposal));
        }

        return null;
    }

    /// <summary>Puts in a read, or says why not. The caller sees to it that somebody takes it out.</summary>
    public ReadOutcome? TryPost(ReadRequest read)
    {
        lock (_gate)
        {
            if (_closed_NeedsGate)
            {
                return ReadOutcome.Stopping;
            }

            if (_requests_NeedsGate >= _limits.RequestsMax)
            {
                return ReadOutcome.Overloaded;
            }

            _requests_NeedsGate++;
            Add_NeedsGate(new InboxItem(InboxItemKind.Read, read));
        }

        return null;
    }

    /// <summary>
    /// Puts in a frame and takes it over; or leaves it to the caller, with a task that ends when there may be room. The
    /// caller sees to it that somebody takes it out.
    /// </summary>
    public bool TryPost(ulong from, FrameBuffer frame, out Task space)
    {
        space = Task.CompletedTask;
        lock (_gate)
        {
            // A frame larger than the limit still passes, alone.
            bool isFull = _frames_NeedsGate >= _limits.FramesMax
                || (_frames_NeedsGate > 0 && _frameBytes_NeedsGate + frame.Length > _limits.FrameBytesMax);
            if (isFull && !_closed_NeedsGate)
            {
                _space_NeedsGate ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                space = _space_NeedsGate.Task;
                return false;
            }

            if (_closed_NeedsGate)
            {
                frame.Dispose();
                return true;
            }

            _frames_NeedsGate++;
            _frameBytes_NeedsGate += frame.Length;
            Add_NeedsGate(new InboxItem(InboxItemKind.Frame, frame, From: from));
        }

        return true;
    }

    /// <summary>What <see cref="TakeAll"/> gave last. The loop's only.</summary>
    public ReadOnlySpan<InboxItem> LastBatch => _spare.AsSpan(0, _spareUsed);

    /// <summary>Everything that waits; valid until the next call. The loop's only.</summary>
    public ReadOnlySpan<InboxItem> TakeAll()
    {
        TaskCompletionSource? space;
        InboxItem[] items;
        int count;
        Array.Clear(_spare, 0, _spareUsed); // what the last batch held must not be kept alive by it
        _spareUsed = 0;
        lock (_gate)
        {
            items = _items_NeedsGate;
            count = _count_NeedsGate;
            if (count == 0)
            {
                return [];
            }

            _items_NeedsGate = _spare;
            _count_NeedsGate = 0;
            _requests_NeedsGate = 0;
            _requestBytes_NeedsGate = 0;
            _frames_NeedsGate = 0;
            _frameBytes_NeedsGate = 0;
            space = _space_NeedsGate;
            _space_NeedsGate = null;
        }

        _spare = items;
        _spareUsed = count;
        space?.SetResult();
        return items.AsSpan(0, count);
    }

    /// <summary>Takes nothing more. What is still in it can be taken out.</summary>
    public void Close()
    {
        TaskCompletionSource? space;
        lock (_gate)
        {
            _closed_NeedsGate = true;
            space = _space_NeedsGate;
            _space_NeedsGate = null;
        }

        space?.SetResult();
    }

    private void Add_NeedsGate(in InboxItem item)
    {
        if (_count_NeedsGate == _items_NeedsGate.Length)
        {
            Array.Resize(ref _items_NeedsGate, _count_NeedsGate * 2);
        }

        _items_NeedsGate[_count_NeedsGate++] = item;
    }
}
