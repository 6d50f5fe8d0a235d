using Quorate.Grpc;

namespace Quorate.Client.Tests;

/// <summary>A stream as a test plays the member on it.</summary>
public sealed class FakeStream<TRequest, TResponse>(
    IAsyncStreamReader<TRequest> requests, IServerStreamWriter<TResponse> responses, ServerCallContext context)
{
    /// <summary>What the client has said beside its messages.</summary>
    public Metadata Headers => context.RequestHeaders;

    /// <summary>The next request.</summary>
    public async Task<TRequest> ReadAsync()
    {
        (await requests.MoveNext(context.CancellationToken)).ShouldBeTrue("the client has ended the stream");
        return requests.Current;
    }

    public async Task SayAsync(params TResponse[] messages)
    {
        foreach (TResponse message in messages)
        {
            await responses.WriteAsync(message);
        }
    }

    /// <summary>Says nothing more, until the client goes away.</summary>
    public async Task HangAsync()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = context.CancellationToken.Register(() => gone.SetResult());
        await gone.Task;
    }
}
