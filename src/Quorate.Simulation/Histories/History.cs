using Google.Protobuf;
using Quorate.Etcd;
using Quorate.Etcd.Protocol;
using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Simulation.Histories;

/// <summary>
/// What the clients of a simulated cluster did, in order of invocation (Herlihy and Wing 1990, §2: a history is a
/// sequence of invocations and responses). It numbers every event as it hears of it, so real-time order is strict even
/// within one instant of virtual time.
/// </summary>
/// <param name="operationsMax">Most operations it takes.</param>
public sealed class History(int operationsMax = History.OperationsMaxDefault)
{
    /// <summary>Most operations unless told otherwise: with small values, some hundreds of megabytes.</summary>
    public const int OperationsMaxDefault = 1_000_000;

    private readonly List<Operation> _operations = [];
    private long _sequence;

    /// <summary>All operations in order of invocation.</summary>
    public IReadOnlyList<Operation> Operations => _operations;

    /// <summary>Whether it takes no more operations.</summary>
    public bool IsFull => _operations.Count >= operationsMax;

    /// <summary>A client asks. The request must not be changed from now on.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="member">The member that is asked.</param>
    /// <param name="memberLife">Which life of that member.</param>
    /// <param name="request">
    /// A <see cref="PutRequest"/>, <see cref="DeleteRangeRequest"/>, <see cref="TxnRequest"/>, <see cref="RangeRequest"/>
    /// or <see cref="CompactionRequest"/>.
    /// </param>
    /// <param name="now">Virtual time.</param>
    /// <param name="consistency">What a read must reflect.</param>
    /// <param name="tokenRevision">The revision that a bounded read must have reached.</param>
    /// <exception cref="InvalidOperationException">It is full.</exception>
    public Operation Invoke(
        int client, MemberId member, int memberLife, IMessage request, TimeSpan now,
        ReadConsistency consistency = ReadConsistency.Linearizable, long tokenRevision = 0)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request is not (PutRequest or DeleteRangeRequest or TxnRequest or RangeRequest or CompactionRequest))
        {
            throw new ArgumentException($"a history does not know what {request.Descriptor.Name} means", nameof(request));
        }

        if (IsFull)
        {
            throw new InvalidOperationException($"the history is full: it takes {operationsMax} operations");
        }

        Operation operation = new(
            _operations.Count, client, member, memberLife, request, consistency, tokenRevision, ++_sequence, now);
        if (consistency != ReadConsistency.Linearizable && !operation.IsRead)
        {
            throw new ArgumentException("only a read may ask for less than linearizability", nameof(consistency));
        }

        _operations.Add(operation);
        return operation;
    }

    /// <summary>An answer reaches the client. It must not be changed from now on.</summary>
    public void Answered(Operation operation, IEtcdResponse response, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(operation);
        ArgumentNullException.ThrowIfNull(response);
        operation.Answer(response, ++_sequence, now);
    }

    /// <summary>An error reaches the client; the error says whether the outcome is known.</summary>
    public void Failed(Operation operation, EtcdError error, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(operation);
        ArgumentNullException.ThrowIfNull(error);
        operation.Fail(error, ++_sequence, now);
    }
}
