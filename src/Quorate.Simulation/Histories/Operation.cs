using Google.Protobuf;
using Quorate.Etcd;
using Quorate.Etcd.Protocol;
using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Simulation.Histories;

/// <summary>
/// What a client asked of a member and what it heard back. It holds the two messages and a few numbers, nothing that
/// grows.
/// </summary>
/// <remarks>
/// Invariants: <see cref="InvokedSequence"/> &lt; <see cref="ReturnedSequence"/>; <see cref="Response"/> is there exactly
/// when <see cref="End"/> is <see cref="OperationEnd.Answered"/>; <see cref="Error"/> exactly when it is
/// <see cref="OperationEnd.Refused"/> or <see cref="OperationEnd.Unknown"/>.
/// </remarks>
public sealed class Operation
{
    /// <summary>The return of what never returned: after everything else.</summary>
    public const long NeverReturned = long.MaxValue;

    internal Operation(
        int number, int client, MemberId member, int memberLife, IMessage request, ReadConsistency consistency, long tokenRevision,
        long invokedSequence, TimeSpan invokedAt)
    {
        Number = number;
        Client = client;
        Member = member;
        MemberLife = memberLife;
        Request = request;
        Consistency = consistency;
        TokenRevision = tokenRevision;
        InvokedSequence = invokedSequence;
        InvokedAt = invokedAt;
        IsRead = request is RangeRequest || (request is TxnRequest transaction && !CanWrite(transaction));
    }

    /// <summary>Its place in the history, from zero, in order of invocation.</summary>
    public int Number { get; }

    /// <summary>Who asked.</summary>
    public int Client { get; }

    /// <summary>The member that was asked.</summary>
    public MemberId Member { get; }

    /// <summary>Which life of that member was asked: what a member has applied may go back when it starts again.</summary>
    public int MemberLife { get; }

    /// <summary>etcd's request message.</summary>
    public IMessage Request { get; }

    /// <summary>What a read was asked to reflect; writes and compactions are always linearizable.</summary>
    public ReadConsistency Consistency { get; }

    /// <summary>With <see cref="ReadConsistency.Bounded"/>: the revision that the answer must have reached.</summary>
    public long TokenRevision { get; }

    /// <summary>Place of the invocation among all events of the history: no two events share one.</summary>
    public long InvokedSequence { get; }

    /// <summary>Virtual time of the invocation.</summary>
    public TimeSpan InvokedAt { get; }

    /// <summary>Place of the return among all events; <see cref="NeverReturned"/> unless something came back.</summary>
    public long ReturnedSequence { get; private set; } = NeverReturned;

    /// <summary>Virtual time of the return, where something came back.</summary>
    public TimeSpan ReturnedAt { get; private set; }

    /// <summary>How it ended.</summary>
    public OperationEnd End { get; private set; }

    /// <summary>The answer.</summary>
    public IEtcdResponse? Response { get; private set; }

    /// <summary>The error.</summary>
    public EtcdError? Error { get; private set; }

    /// <summary>The revision in the answer's header; zero where there is no answer.</summary>
    public long Revision => Response?.Header?.Revision ?? 0;

    /// <summary>What was asked, in plain words.</summary>
    public string RequestText => OperationText.RequestOf(this);

    /// <summary>What came back, in plain words.</summary>
    public string OutcomeText => OperationText.OutcomeOf(this);

    /// <summary>Whether the request cannot change any key, whatever the state is.</summary>
    public bool IsRead { get; }

    /// <summary>Whether it may have changed keys and its client does not know.</summary>
    public bool IsWriteOfUnknownOutcome =>
        End is OperationEnd.Open or OperationEnd.Unknown && Request is not CompactionRequest && !IsRead;

    /// <summary>Whether it returned before the other was invoked: the order that linearizability keeps.</summary>
    public bool Precedes(Operation other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return ReturnedSequence < other.InvokedSequence;
    }

    /// <summary>The operation on one line, in plain words.</summary>
    public override string ToString() => OperationText.Line(this);

    internal void Answer(IEtcdResponse response, long sequence, TimeSpan now)
    {
        Return(OperationEnd.Answered, sequence, now);
        Response = response;
    }

    internal void Fail(EtcdError error, long sequence, TimeSpan now)
    {
        Return(error.MayHaveTakenEffect ? OperationEnd.Unknown : OperationEnd.Refused, sequence, now);
        Error = error;
    }

    private static bool CanWrite(TxnRequest request) => request.Success.Any(CanWrite) || request.Failure.Any(CanWrite);

    private static bool CanWrite(RequestOp operation) => operation.RequestCase switch
    {
        RequestOp.RequestOneofCase.RequestPut or RequestOp.RequestOneofCase.RequestDeleteRange => true,
        RequestOp.RequestOneofCase.RequestTxn => CanWrite(operation.RequestTxn),
        _ => false,
    };

    private void Return(OperationEnd end, long sequence, TimeSpan now)
    {
        if (End != OperationEnd.Open)
        {
            throw new InvalidOperationException($"the operation has returned already: {this}");
        }

        End = end;
        ReturnedSequence = sequence;
        ReturnedAt = now;
    }
}
