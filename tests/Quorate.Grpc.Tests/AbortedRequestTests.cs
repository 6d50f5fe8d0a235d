using System.IO.Pipelines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;
using Quorate.Grpc.Tests.Protos;

namespace Quorate.Grpc.Tests;

/// <summary>
/// A caller may be gone at any moment, and what Kestrel throws then is no fault of a handler: whoever cuts connections
/// could fill the log with those.
/// </summary>
public sealed class AbortedRequestTests
{
    [Theory]
    [InlineData("Echo")]
    [InlineData("EchoRaw")]
    [InlineData("Count")]
    [InlineData("Sum")]
    [InlineData("Twice")]
    public async Task A_caller_that_leaves_when_its_request_is_let_go_of_is_no_failure_of_the_handler(string method)
    {
        await using ProberServer server = await ProberServer.StartAsync(map: application => application.Use((http, next) =>
        {
            http.Features.Set<IRequestBodyPipeFeature>(new AbortedBody(http.Request.BodyReader));
            return next(http);
        }));
        using var client = new RawGrpcClient(server.Address);

        await client.CallAsync(method, RawGrpcClient.Frame(new Probe { Number = 1 }));

        server.Log.Entries.ShouldNotContain(entry => entry.EventId == 5000);
    }

    /// <summary>A body whose caller is seen to have left just as what was read is given back.</summary>
    private sealed class AbortedBody(PipeReader body) : PipeReader, IRequestBodyPipeFeature
    {
        public PipeReader Reader => this;

        public override void AdvanceTo(SequencePosition consumed)
        {
            body.AdvanceTo(consumed);
            throw new IOException("The request stream was aborted.");
        }

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => body.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => body.CancelPendingRead();

        public override void Complete(Exception? exception = null) => body.Complete(exception);

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => body.ReadAsync(cancellationToken);

        public override bool TryRead(out ReadResult result) => body.TryRead(out result);
    }
}
