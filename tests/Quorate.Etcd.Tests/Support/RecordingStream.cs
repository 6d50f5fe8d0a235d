namespace Quorate.Etcd.Tests.Support;

/// <summary>A stream call that keeps how it began.</summary>
internal sealed class RecordingStream<TPart> : EtcdStreamCall<TPart>
{
    public IEnumerable<TPart>? Parts { get; private set; }

    public EtcdError? Error { get; private set; }

    protected internal override void Started(IEnumerable<TPart> parts)
    {
        (Parts is null && Error is null).ShouldBeTrue("a call ends once");
        Parts = parts;
    }

    protected internal override void Failed(EtcdError error)
    {
        (Parts is null && Error is null).ShouldBeTrue("a call ends once");
        Error = error;
    }
}
