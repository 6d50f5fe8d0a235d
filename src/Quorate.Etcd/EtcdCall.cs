using Quorate.Etcd.Protocol;

namespace Quorate.Etcd;

/// <summary>
/// Whoever waits for the answer to a request. Ends in exactly one call of <see cref="Succeeded"/> or
/// <see cref="Failed"/>: within the call that made the request, or later on the replica's loop, which must not block.
/// </summary>
/// <typeparam name="TResponse">The answer.</typeparam>
public abstract class EtcdCall<TResponse>
    where TResponse : class, IEtcdResponse
{
    /// <summary>How long the caller waits; null for <see cref="EtcdOptions.RequestTimeout"/>, which is also the most.</summary>
    public virtual TimeSpan? Timeout => null;

    /// <summary>The answer, which belongs to the call from now on.</summary>
    protected internal abstract void Succeeded(TResponse response);

    /// <summary>The request has failed.</summary>
    protected internal abstract void Failed(EtcdError error);

    /// <summary>
    /// The state may be read. <see cref="IPreparedRead.Run"/> does so and ends the call, on the thread that calls it;
    /// it must be called once. Unless overridden it is called here and now; a server, whose loop a long range would
    /// hold up, calls it elsewhere: readers never block the writer.
    /// </summary>
    protected internal virtual void Ready(IPreparedRead read) => read.Run();
}
