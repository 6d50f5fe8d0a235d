namespace Quorate.Etcd;

/// <summary>
/// Whoever waits for an answer that comes in parts. Ends in exactly one call of <see cref="Started"/> or
/// <see cref="Failed"/>: within the call that made the request, or later on the replica's loop, which must not block.
/// </summary>
/// <typeparam name="TPart">A part of the answer.</typeparam>
public abstract class EtcdStreamCall<TPart>
{
    /// <summary>How long the caller waits for the first part; null for <see cref="EtcdOptions.RequestTimeout"/>, which is also the most.</summary>
    public virtual TimeSpan? Timeout => null;

    /// <summary>
    /// The parts, made one at a time as they are asked for, from a state that does not change any more: any thread may
    /// take its time over them, and what it does not ask for is never made. They are for one enumeration.
    /// </summary>
    protected internal abstract void Started(IEnumerable<TPart> parts);

    /// <summary>The request has failed.</summary>
    protected internal abstract void Failed(EtcdError error);
}
