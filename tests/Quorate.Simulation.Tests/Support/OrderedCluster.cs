using Google.Protobuf;
using Quorate.Etcd;
using Quorate.Etcd.Protocol;
using Quorate.Replica;

namespace Quorate.Simulation.Tests.Support;

/// <summary>
/// The real state machine on three members, which apply one log, each at its own pace: what a cluster without any fault
/// would answer.
/// </summary>
internal sealed class OrderedCluster
{
    /// <summary>Between two commands there is room for reads, which are applied like commands here.</summary>
    private const long IndexStep = 1_000_000;

    private readonly List<byte[]> _log = [];
    private readonly EtcdStateMachine[] _machines = [new(), new(), new()];
    private readonly int[] _applied = new int[3];
    private readonly long[] _lastIndex = new long[3];

    public int Members => _machines.Length;

    public long Revision { get; private set; } = 1;

    /// <summary>Carries out a write or a compaction: an answer or an <see cref="EtcdError"/>.</summary>
    public object Write(IMessage request)
    {
        byte kind = request switch
        {
            PutRequest => 1,
            DeleteRangeRequest => 2,
            TxnRequest => 3,
            _ => 4,
        };
        _log.Add([kind, .. request.ToByteArray()]);
        object result = CatchUp(0, _log.Count)!;
        Revision = Math.Max(Revision, (result as IEtcdResponse)?.Header?.Revision ?? 0);
        return result;
    }

    /// <summary>Reads what a member has applied.</summary>
    public object Read(int member, IMessage request)
    {
        TxnRequest transaction = request as TxnRequest ?? Ask.Then(request);
        long index = Math.Max(_lastIndex[member] + 1, (_applied[member] * IndexStep) + 1);
        object result = Apply(member, index, [3, .. transaction.ToByteArray()])!;
        if (result is not TxnResponse answer || ReferenceEquals(request, transaction))
        {
            return result;
        }

        RangeResponse range = answer.Responses[0].ResponseRange;
        range.Header = answer.Header;
        return range;
    }

    /// <summary>Lets a member apply what it has not yet, up to an index.</summary>
    public object? CatchUp(int member, int upTo)
    {
        object? last = null;
        while (_applied[member] < upTo)
        {
            last = Apply(member, ++_applied[member] * IndexStep, _log[_applied[member] - 1]);
        }

        return last;
    }

    public void CatchUp(int member) => CatchUp(member, _log.Count);

    public int Lag(int member) => _log.Count - _applied[member];

    public void CatchUpByOne(int member) => CatchUp(member, Math.Min(_log.Count, _applied[member] + 1));

    private object? Apply(int member, long index, byte[] command)
    {
        _lastIndex[member] = index;
        object? result = _machines[member].Apply(new AppliedCommand(1, index, command, ResultWanted: true));
        _machines[member].BatchApplied();
        return result;
    }
}
