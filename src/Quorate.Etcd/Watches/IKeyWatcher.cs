using Quorate.KeyValue.Watches;

namespace Quorate.Etcd.Watches;

/// <summary>
/// Something in the process that wants to know when keys change: <see cref="MemberWatches.Watch"/>.
/// </summary>
/// <remarks>
/// Called inside the gate, on whatever thread is there: it must not block, and may call the member's watches and requests.
/// </remarks>
public interface IKeyWatcher
{
    /// <summary>
    /// Keys changed: the changes of one revision or more, in order, each revision whole. Everything up to
    /// <paramref name="revision"/> has now been told. The list is used again after the call.
    /// </summary>
    void Changed(IReadOnlyList<WatchEvent> changes, long revision);

    /// <summary>What should come next is compacted; nothing more comes.</summary>
    void Compacted(long compactRevision);
}
