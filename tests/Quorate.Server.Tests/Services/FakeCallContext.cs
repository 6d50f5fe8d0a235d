using Quorate.Grpc;

namespace Quorate.Server.Tests.Services;

/// <summary>A call without a client.</summary>
internal sealed class FakeCallContext(DateTime? deadline = null) : ServerCallContext
{
    public override string Method => "/test/Method";

    public override string Host => "test";

    public override string Peer => "test";

    public override DateTime Deadline => deadline ?? DateTime.MaxValue;

    public override Metadata RequestHeaders { get; } = [];

    public override CancellationToken CancellationToken => CancellationToken.None;

    public override Metadata ResponseTrailers { get; } = [];

    public override Status Status { get; set; }

    public override Task WriteResponseHeadersAsync(Metadata responseHeaders) => Task.CompletedTask;
}
