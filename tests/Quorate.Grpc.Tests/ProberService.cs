using System.Buffers;
using System.Collections.Concurrent;
using Google.Protobuf;
using Quorate.Grpc.Tests.Protos;

namespace Quorate.Grpc.Tests;

/// <summary>The service that the tests call, written as services are.</summary>
public sealed class ProberService
{
    public TaskCompletionSource HangEntered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource HangCancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource IgnoreMayEnd { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource<Exception?> IgnoreEnded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource<Exception> FloodEnded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource floodStuck = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How many messages of a flood the transport has taken.</summary>
    public int FloodWritten => Volatile.Read(ref floodWritten);

    private int floodWritten;

    public ConcurrentQueue<ServerCallContextFacts> Calls { get; } = new();

    public Task<Probe> Echo(Probe request, ServerCallContext context)
    {
        Note(context);
        foreach (Metadata.Entry entry in context.RequestHeaders)
        {
            if (entry.Key.StartsWith("echo-", StringComparison.Ordinal))
            {
                context.ResponseTrailers.Add(entry);
            }
        }

        return Task.FromResult(request);
    }

    public Task<Probe> EchoRaw(ReadOnlySequence<byte> request, ServerCallContext context)
    {
        Note(context);
        return Task.FromResult(new Probe { Data = ByteString.CopyFrom(request.ToArray()) });
    }

    public async Task<Probe> Fail(Probe request, ServerCallContext context)
    {
        Note(context);
        await Task.Yield();
        if (request.Number < 0)
        {
            throw new InvalidOperationException("a secret of the server");
        }

        if (request.Text == "by status")
        {
            context.Status = new Status((StatusCode)request.Number, request.Text);
            return new Probe();
        }

        throw new RpcException(new Status((StatusCode)request.Number, request.Text), new Metadata { { "why", "because" } });
    }

    public async Task<Probe> Hang(Probe request, ServerCallContext context)
    {
        HangEntered.TrySetResult();
        if (request.Text == "fail when told to stop")
        {
            context.CancellationToken.Register(() => throw new InvalidOperationException("a callback that fails"));
        }

        using (context.CancellationToken.Register(() => HangCancelled.TrySetResult()))
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }

        return request;
    }

    public async Task<Probe> Ignore(Probe request, ServerCallContext context)
    {
        await IgnoreMayEnd.Task;
        IgnoreEnded.TrySetResult(null);
        return request;
    }

    public async Task Count(Probe request, IServerStreamWriter<Probe> responses, ServerCallContext context)
    {
        for (int i = 1; i <= request.Number; i++)
        {
            await responses.WriteAsync(new Probe { Number = i, Data = request.Data });
        }

        switch (request.Text)
        {
            case "then fail":
                throw new RpcException(new Status(StatusCode.DataLoss, "after the messages"));
            case "then hang":
                await Hang(request, context);
                break;
        }
    }

    /// <summary>Waits until a write of a flood has to wait for its client.</summary>
    public Task FloodStuckAsync() => floodStuck.Task;

    public async Task Flood(Probe request, IServerStreamWriter<Probe> responses, ServerCallContext context)
    {
        try
        {
            for (int i = 1; ; i++)
            {
                Task write = responses.WriteAsync(new Probe { Number = i, Data = request.Data });

                // The client that never reads has windows of some hundred KiB; a write beyond what they hold must wait.
                if (!write.IsCompleted && i * (long)request.Data.Length > 64 << 10)
                {
                    floodStuck.TrySetResult();
                }

                await write;
                Volatile.Write(ref floodWritten, i);
                i.ShouldBeLessThan(100_000, "nothing holds the flood up");
            }
        }
        catch (Exception ended)
        {
            FloodEnded.TrySetResult(ended);
            throw;
        }
    }

    public async Task AnswerAfterEnd(IAsyncStreamReader<Probe> requests, IServerStreamWriter<Probe> responses, ServerCallContext context)
    {
        while (await requests.MoveNext(context.CancellationToken))
        {
        }

        for (int i = 1; i <= 3; i++)
        {
            await responses.WriteAsync(new Probe { Number = i });
        }

        await Hang(new Probe(), context);
    }

    public async Task CountOn(Probe request, IServerStreamWriter<Probe> responses, ServerCallContext context)
    {
        try
        {
            await responses.WriteAsync(request);
            await IgnoreMayEnd.Task;
            await responses.WriteAsync(request);
            IgnoreEnded.TrySetResult(null);
        }
        catch (Exception exception)
        {
            IgnoreEnded.TrySetResult(exception);
            throw;
        }
    }

    public async Task<Probe> Sum(IAsyncStreamReader<Probe> requests, ServerCallContext context)
    {
        Note(context);
        int sum = 0;
        await foreach (Probe request in requests.ReadAllAsync(context.CancellationToken))
        {
            if (request.Text == "enough")
            {
                break;
            }

            sum += request.Number;
        }

        return new Probe { Number = sum };
    }

    /// <summary>Not by the name of the method, so that only the mapping finds it.</summary>
    public static async Task TwiceEncodedAsync(IAsyncStreamReader<Probe> requests, IEncodedStreamWriter responses, ServerCallContext context)
    {
        while (await requests.MoveNext(context.CancellationToken))
        {
            var twice = new Encoded(new Probe { Number = 2 * requests.Current.Number, Data = requests.Current.Data });
            responses.Write(twice);
            responses.Write(twice);
            responses.PendingBytes.ShouldBe(2 * twice.SizeBytes);
            await responses.FlushAsync(context.CancellationToken);
            responses.PendingBytes.ShouldBe(0);
        }
    }

    public async Task Twice(IAsyncStreamReader<Probe> requests, IServerStreamWriter<Probe> responses, ServerCallContext context)
    {
        Note(context);
        await context.WriteResponseHeadersAsync(new Metadata { { "greeting", "hello" } });
        while (await requests.MoveNext(context.CancellationToken))
        {
            await responses.WriteAsync(new Probe { Number = requests.Current.Number * 2, Text = requests.Current.Text });
        }

        context.ResponseTrailers.Add("farewell", "bye");
    }

    private void Note(ServerCallContext context) =>
        Calls.Enqueue(new ServerCallContextFacts(context.Method, context.Host, context.Peer, context.Deadline, context.RequestHeaders));

    private sealed class Encoded(Probe message) : IEncodedMessage
    {
        private readonly byte[] _bytes = message.ToByteArray();

        public int SizeBytes => _bytes.Length;

        public void WriteTo(IBufferWriter<byte> output) => output.Write(_bytes);

        public void CopyTo(Span<byte> output) => _bytes.CopyTo(output);
    }
}
