using Quorate.Etcd.Protocol;
using Quorate.KeyValue.Watches;

namespace Quorate.Etcd.Watches;

/// <content>The responses, when they are asked for.</content>
public sealed partial class WatchStream
{
    /// <summary>
    /// Takes the next response. False when there is none now; <see cref="MemberWatches.Open"/>'s callback tells when to
    /// ask again. True without a response when a piece of work was done that brought none: ask again.
    /// </summary>
    public bool TryTake(out WatchMessage? message)
    {
        using Entry entry = Enter();
        return TryTakeNext(out message, out _);
    }

    /// <summary>
    /// Takes what there is in one go: responses up to <paramref name="bytesMax"/> and the one that goes beyond, and not more
    /// than one step of history. False when nothing is left, upon which <see cref="MemberWatches.Open"/>'s callback tells
    /// when to ask again.
    /// </summary>
    public bool Take(List<WatchMessage> messages, int bytesMax)
    {
        ArgumentNullException.ThrowIfNull(messages);
        using Entry entry = Enter();
        long bytes = 0;
        bool isLongWork = false;
        while (bytes < bytesMax && !isLongWork)
        {
            if (!TryTakeNext(out WatchMessage? message, out isLongWork))
            {
                return false;
            }

            if (message is not null)
            {
                messages.Add(message);
                bytes += message.SizeBytes;
            }
        }

        return true;
    }

    private bool TryTakeNext(out WatchMessage? message, out bool isLongWork)
    {
        isLongWork = false;
        if (_answers.TryDequeue(out message))
        {
            return true;
        }

        while (_ready.TryDequeue(out StreamWatch? watch))
        {
            if (!watch.HasEnded)
            {
                message = Take(watch, out isLongWork);
                return true;
            }
        }

        message = Progress();
        _isTold = message is not null;
        return _isTold;
    }

    /// <param name="watch">The watch.</param>
    /// <param name="isLongWork">Whether it reads history, of which a step may take long.</param>
    private WatchMessage? Take(StreamWatch watch, out bool isLongWork)
    {
        List<WatchEvent> taken = _member.Taken;
        taken.Clear();
        WatcherTake take = Hub.Take(watch.Watcher, taken);
        isLongWork = take.Kind == WatcherTakeKind.More;
        if (take.Kind == WatcherTakeKind.Compacted)
        {
            Forget(watch);
            return new WatchMessage(new WatchResponse
            {
                Header = _member.Header(Hub.Revision),
                WatchId = watch.Id,
                Canceled = true,
                CompactRevision = take.Revision,
                CancelReason = WatchTexts.Compacted,
            });
        }

        if (take.Kind == WatcherTakeKind.More)
        {
            _ready.Enqueue(watch);
        }

        if (taken.Count == 0)
        {
            return null;
        }

        watch.HasHeard = true;
        WatchMessage whole = _member.MessageOf(watch, take.Revision);
        return watch.IsFragmented && whole.EventCount > 1 && whole.SizeBytes >= _member.Options.FragmentBytesMax
            ? FirstOf(whole)
            : whole;
    }

    /// <summary>The first part of a response that is too large; the others wait before anything else.</summary>
    private WatchMessage FirstOf(WatchMessage whole)
    {
        List<WatchMessage> parts = WatchFragments.Split(whole, _member.Options.FragmentBytesMax);
        for (int i = 1; i < parts.Count; i++)
        {
            _answers.Enqueue(parts[i]);
        }

        return parts[0];
    }
}
