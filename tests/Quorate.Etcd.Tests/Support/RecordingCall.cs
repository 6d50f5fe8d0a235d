using Quorate.Etcd.Protocol;

namespace Quorate.Etcd.Tests.Support;

/// <summary>A call that keeps how it ended, and sees to it that it ends once.</summary>
internal sealed class RecordingCall<TResponse> : EtcdCall<TResponse>
    where TResponse : class, IEtcdResponse
{
    public TResponse? Response { get; private set; }

    public EtcdError? Error { get; private set; }

    public bool HasEnded => Response is not null || Error is not null;

    /// <summary>Whether reads wait to be run by the test.</summary>
    public bool DefersReads { get; init; }

    public TimeSpan? Patience { get; init; }

    public IPreparedRead? Deferred { get; private set; }

    public override TimeSpan? Timeout => Patience;

    protected internal override void Succeeded(TResponse response)
    {
        HasEnded.ShouldBeFalse("a call ends once");
        Response = response;
    }

    protected internal override void Failed(EtcdError error)
    {
        HasEnded.ShouldBeFalse("a call ends once");
        Error = error;
    }

    protected internal override void Ready(IPreparedRead read)
    {
        Deferred = read;
        if (!DefersReads)
        {
            base.Ready(read);
        }
    }
}
