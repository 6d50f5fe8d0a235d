using Google.Protobuf;
using Google.Protobuf.Collections;
using Quorate.Etcd.Protocol;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>
/// Carries out etcd's requests as plainly as can be and holds the answers against that: the naive twin that both
/// checkers of histories stand on. It shares nothing with the code that answers requests.
/// </summary>
/// <remarks>
/// An answer may tell what is not known of the state, see <see cref="KeyRecord"/>; the rest it must match exactly.
/// Where there is no answer, anything would do, and <see cref="Decisions"/> chooses where the state does not.
/// Errors that depend on the state are known as far as a put that keeps what is not there.
/// </remarks>
internal sealed class RequestReplay
{
    private readonly List<KeyRecord> _selected = [];
    private readonly RangeReplay _ranges;
    private readonly CompareReplay _compares;
    private readonly List<bool> _branches = [];
    private long _revision;
    private bool _isAnswered;

    public RequestReplay()
    {
        _ranges = new RangeReplay(Draft);
        _compares = new CompareReplay(Draft);
    }

    /// <summary>What the request saw and did.</summary>
    public ReplayDraft Draft { get; } = new();

    /// <summary>The branches of transactions without an answer, where the state does not tell.</summary>
    public UndecidedBranches Decisions { get; } = new();

    /// <summary>After a replay that failed: why.</summary>
    public ReplayMismatch Mismatch { get; private set; }

    /// <summary>Replays a request on a state.</summary>
    /// <param name="before">The state.</param>
    /// <param name="request">The request.</param>
    /// <param name="response">Its answer, or null where there is none and anything goes.</param>
    /// <param name="revision">The revision in the answer's header, which is that of its changes if it makes any; zero where it is not known.</param>
    /// <returns>Whether the answer is the right one for the state. A request without an answer that cannot be carried out changes nothing.</returns>
    public bool Run(IKeyValueView before, IMessage request, IEtcdResponse? response, long revision)
    {
        Draft.Begin(before);
        Mismatch = default;
        _revision = revision;
        _isAnswered = response is not null;
        _ranges.HeaderRevision = revision;
        switch (request)
        {
            case PutRequest put:
                return CanKeep(put) ? Put(put, response as PutResponse) : CannotRun();
            case DeleteRangeRequest delete:
                return Delete(delete, response as DeleteRangeResponse);
            case RangeRequest range:
                return Range(range, response as RangeResponse);
            case TxnRequest transaction:
                _branches.Clear();
                if (!Decide(transaction, response as TxnResponse))
                {
                    return false;
                }

                int place = 0;
                if (!CanRun(transaction, ref place))
                {
                    return CannotRun();
                }

                place = 0;
                return Execute(transaction, response as TxnResponse, ref place);
            default:
                return true;
        }
    }

    private bool CannotRun()
    {
        Draft.ForgetChanges();
        return !_isAnswered || Differs("it was carried out though it keeps a value or lease of a key that is absent");
    }

    /// <summary>All compares see the state before the transaction, those of nested ones too.</summary>
    private bool Decide(TxnRequest request, TxnResponse? response)
    {
        if (_isAnswered && response is null)
        {
            return Differs("the answer to a transaction is missing or of another kind");
        }

        bool? holds = _compares.AllHold(request.Compare);
        bool branch = response?.Succeeded ?? holds ?? Decisions.Next();
        if (holds is { } certain && certain != branch)
        {
            return Differs(certain ? "it took the second branch though its compares hold" : "it took the first branch though its compares do not hold");
        }

        if (response is { Succeeded: true } && !_compares.Tell(request.Compare))
        {
            return Differs("it took the first branch though no revision that its compares ask for is possible");
        }

        _branches.Add(branch);
        RepeatedField<RequestOp> operations = branch ? request.Success : request.Failure;
        if (response is not null && response.Responses.Count != operations.Count)
        {
            return Differs("number of operations answered", operations.Count, response.Responses.Count);
        }

        for (int i = 0; i < operations.Count; i++)
        {
            if (operations[i].RequestCase == RequestOp.RequestOneofCase.RequestTxn
                && !Decide(operations[i].RequestTxn, response?.Responses[i].ResponseTxn))
            {
                return false;
            }
        }

        return true;
    }

    private bool CanRun(TxnRequest request, ref int place)
    {
        foreach (RequestOp operation in _branches[place++] ? request.Success : request.Failure)
        {
            bool can = operation.RequestCase switch
            {
                RequestOp.RequestOneofCase.RequestPut => CanKeep(operation.RequestPut),
                RequestOp.RequestOneofCase.RequestTxn => CanRun(operation.RequestTxn, ref place),
                _ => true,
            };
            if (!can)
            {
                return false;
            }
        }

        return true;
    }

    private bool Execute(TxnRequest request, TxnResponse? response, ref int place)
    {
        RepeatedField<RequestOp> operations = _branches[place++] ? request.Success : request.Failure;
        for (int i = 0; i < operations.Count; i++)
        {
            RequestOp operation = operations[i];
            ResponseOp? answer = response?.Responses[i];
            bool matches = operation.RequestCase switch
            {
                RequestOp.RequestOneofCase.RequestRange => Range(operation.RequestRange, answer?.ResponseRange),
                RequestOp.RequestOneofCase.RequestPut => Put(operation.RequestPut, answer?.ResponsePut),
                RequestOp.RequestOneofCase.RequestDeleteRange => Delete(operation.RequestDeleteRange, answer?.ResponseDeleteRange),
                RequestOp.RequestOneofCase.RequestTxn => Execute(operation.RequestTxn, answer?.ResponseTxn, ref place),
                _ => true,
            };
            if (!matches)
            {
                return false;
            }
        }

        return true;
    }

    private bool CanKeep(PutRequest request) =>
        !(request.IgnoreValue || request.IgnoreLease) || Draft.FindBefore(request.Key) is { IsPresent: true };

    private bool Put(PutRequest request, PutResponse? response)
    {
        if (_isAnswered && response is null)
        {
            return Differs("the answer to a put is missing or of another kind");
        }

        KeyRecord? last = Draft.Find(request.Key);
        if (response is not null)
        {
            KeyRecord? shown = request.PrevKv && last is { IsPresent: true } ? last : null;
            if (!Shows("the record that a put replaced", shown, response.PrevKv))
            {
                return false;
            }

            // What the answer has shown may be news.
            last = Draft.Find(request.Key);
        }

        if (!Grows(request.Key))
        {
            return false;
        }

        KeyRecord? previous = last is { IsPresent: true } ? last : null;
        KeyRecord? kept = previous ?? Draft.FindBefore(request.Key);
        Draft.Change(new KeyRecord(
            request.Key,
            request.IgnoreValue ? kept!.Value : request.Value,
            request.IgnoreLease ? kept!.Lease : request.Lease,
            (previous?.Version ?? 0) + 1,
            previous is null ? _revision : previous.CreateRevision,
            _revision,
            _revision == 0 ? last?.RevisionMin ?? 0 : 0));
        return true;
    }

    private bool Delete(DeleteRangeRequest request, DeleteRangeResponse? response)
    {
        if (_isAnswered && response is null)
        {
            return Differs("the answer to a deletion is missing or of another kind");
        }

        Draft.Select(request.Key, request.RangeEnd, _selected);
        if (response is not null)
        {
            if (response.Deleted != _selected.Count)
            {
                return Differs("number of keys deleted", _selected.Count, response.Deleted);
            }

            int shown = request.PrevKv ? _selected.Count : 0;
            if (response.PrevKvs.Count != shown)
            {
                return Differs("number of deleted records shown", shown, response.PrevKvs.Count);
            }

            for (int i = 0; i < shown; i++)
            {
                if (!Shows("a deleted record", _selected[i], response.PrevKvs[i]))
                {
                    return false;
                }
            }
        }

        foreach (KeyRecord record in _selected)
        {
            if (!Grows(record.Key))
            {
                return false;
            }

            Draft.Change(KeyRecord.Deleted(Draft.Find(record.Key)!, _revision));
        }

        return true;
    }

    private bool Range(RangeRequest request, RangeResponse? response)
    {
        if (response is null)
        {
            return !_isAnswered || Differs("the answer to a range is missing or of another kind");
        }

        ReplayMismatch mismatch = _ranges.Check(request, response);
        Mismatch = mismatch;
        return mismatch.What is null;
    }

    /// <summary>A change of a key has a greater revision than the one before it.</summary>
    private bool Grows(ByteString key) =>
        _revision == 0 || Draft.FindBefore(key) is not { } before || before.RevisionMin < _revision
        || Differs("the revision of a change is not above that of the change of the same key before it", before.RevisionMin + 1, _revision);

    private bool Shows(string what, KeyRecord? expected, Etcd.Protocol.KeyValue? actual)
    {
        if (expected is null ? actual is null : actual is not null && _ranges.Matches(expected, actual, keysOnly: false))
        {
            return true;
        }

        Mismatch = new ReplayMismatch(what, expected, actual);
        return false;
    }

    private bool Differs(string what)
    {
        Mismatch = new ReplayMismatch(what, null, null);
        return false;
    }

    private bool Differs(string what, long expected, long actual)
    {
        Mismatch = new ReplayMismatch(what, null, null, expected, actual);
        return false;
    }
}
