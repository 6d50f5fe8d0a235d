using Quorate.Etcd;
using Quorate.Etcd.Protocol;
using Quorate.Grpc;

namespace Quorate.Server.Services;

/// <summary>An etcd request that a gRPC call awaits.</summary>
/// <remarks>
/// Whoever awaits <see cref="Response"/> goes on in the <see cref="AnswerQueue"/>, never on the replica's loop. What is
/// answered within the call that makes the request is answered there and then: nobody can be awaiting it yet.
/// </remarks>
internal sealed class PendingCall<TResponse> : EtcdCall<TResponse>, IThreadPoolWorkItem
    where TResponse : class, IEtcdResponse
{
    private readonly TaskCompletionSource<TResponse> _completion = new();
    private readonly TimeSpan? _timeout;

    /// <summary>The thread that makes the request, until it asks for <see cref="Response"/>.</summary>
    private readonly int _maker = Environment.CurrentManagedThreadId;
    private bool _isMade;

    // What the queue is to carry out: one of them.
    private IPreparedRead? _read;
    private TResponse? _response;
    private EtcdError? _error;

    /// <summary>The queue carries it out now: its thread is where those who await go on.</summary>
    private bool _isCarriedOut;

    public PendingCall(ServerCallContext context)
    {
        _timeout = PendingCallTimeout.Of(context);
    }

    /// <summary>A request that the server makes itself, and that takes as long as one may.</summary>
    public PendingCall()
    {
    }

    /// <summary>The answer, or an <see cref="RpcException"/> with etcd's code and text. To be asked for once the request was made, by whoever made it.</summary>
    public Task<TResponse> Response
    {
        get
        {
            _isMade = true;
            return _completion.Task;
        }
    }

    public override TimeSpan? Timeout => _timeout;

    /// <summary>Only the maker's own thread can find this true, and it cannot have begun to await.</summary>
    private bool IsBeingMade => Environment.CurrentManagedThreadId == _maker && !_isMade;

    void IThreadPoolWorkItem.Execute()
    {
        _isCarriedOut = true;
        if (_read is { } read)
        {
            Run(read);
        }
        else
        {
            Complete();
        }
    }

    protected override void Succeeded(TResponse response) => End(response);

    protected override void Failed(EtcdError error)
    {
        _error = error;
        CompleteSoon();
    }

    protected override void Ready(IPreparedRead read) => Hand(read);

    /// <summary>The answer is there.</summary>
    internal void End(TResponse response)
    {
        _response = response;
        CompleteSoon();
    }

    /// <summary>Has a read carried out: at once where the request is just being made and it holds nobody up, else on the thread pool.</summary>
    internal void Hand(IPreparedRead read)
    {
        // A replica that has no others is certain at once, and hands the read over from within.
        if (IsBeingMade && (read.IsShort || read.IsLocal))
        {
            Run(read);
            return;
        }

        _read = read;
        if (read.IsShort)
        {
            AnswerQueue.Shared.Add(this);
        }
        else
        {
            // A long one would hold up the answers behind it.
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private void Run(IPreparedRead read)
    {
        try
        {
            read.Run();
        }
        catch (Exception e)
        {
            // A fault in the read. Thrown in the queue it would end the process; so it ends the call, whose layer logs it.
            _completion.TrySetException(e);
        }
    }

    private void CompleteSoon()
    {
        if (_isCarriedOut || IsBeingMade)
        {
            Complete();
        }
        else
        {
            AnswerQueue.Shared.Add(this);
        }
    }

    private void Complete()
    {
        if (_error is { } error)
        {
            _completion.TrySetException(new RpcException(new Status((StatusCode)(int)error.Code, error.Text)));
        }
        else
        {
            _completion.TrySetResult(_response!);
        }
    }
}
