using Quorate.Grpc;

namespace Quorate.Client;

/// <summary>The failed attempts of one operation, and what they say of it together.</summary>
internal sealed class AttemptFailures(CallKind kind)
{
    private (RpcException Failure, Uri Endpoint) _last;

    /// <summary>The last that a member itself has said of what may pass, such as that it knows no leader.</summary>
    private (RpcException Failure, Uri Endpoint)? _said;

    /// <summary>Whether one of the attempts may have taken effect, or may yet. Once true it stays so, whatever later ones end in.</summary>
    public bool MayHaveTakenEffect { get; private set; }

    /// <summary>Whether it is certain yet that nothing was written, and a further attempt may put an end to that.</summary>
    public bool MayBecomeUncertain => kind != CallKind.Read && !MayHaveTakenEffect;

    /// <summary>An attempt has failed at an endpoint.</summary>
    public void Add(RpcException failure, Uri endpoint)
    {
        _last = (failure, endpoint);
        MayHaveTakenEffect |= kind != CallKind.Read && !FailureKind.IsCertainlyNotCarriedOut(failure);
        if (FailureKind.IsAnswer(failure) && FailureKind.IsPassing(failure))
        {
            _said = _last;
        }
    }

    /// <summary>
    /// The failure of the operation. What a member said tells more than that another one, or the same one later, did not
    /// answer; but of an attempt whose outcome is unknown, and after which there is no other, nothing else is told.
    /// </summary>
    public QuorateException Explain()
    {
        bool isLastTold = FailureKind.IsAnswer(_last.Failure) || (kind == CallKind.Write && MayHaveTakenEffect);
        (RpcException failure, Uri endpoint) = isLastTold ? _last : _said ?? _last;
        return new QuorateException(failure, endpoint, MayHaveTakenEffect);
    }
}
