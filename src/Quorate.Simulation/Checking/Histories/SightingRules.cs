using Google.Protobuf;
using Google.Protobuf.Collections;
using Quorate.Etcd.Protocol;
using Quorate.Simulation.Histories;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>
/// Records that answers show, held against each other and against the write that made them. This hangs on no guess of
/// which write of unknown outcome made what, so what it finds is certain at once.
/// </summary>
internal sealed class SightingRules
{
    private readonly RevisionFacts _facts;
    private readonly Dictionary<(long Revision, ByteString Key), RevisionSighting> _first = [];

    public SightingRules(History history, RevisionFacts facts)
    {
        _facts = facts;
        foreach (Operation operation in history.Operations)
        {
            RevisionSighting.Visit(operation, Judge);
        }
    }

    /// <summary>The first thing found that cannot be.</summary>
    public RevisionFinding? Finding { get; private set; }

    private void Judge(RevisionSighting sighting)
    {
        if (Finding is not null)
        {
            return;
        }

        Etcd.Protocol.KeyValue record = sighting.Record;
        (long, ByteString) place = (record.ModRevision, record.Key);
        if (!_first.TryGetValue(place, out RevisionSighting first))
        {
            JudgeByWrite(sighting);
        }
        else if (record.Version != first.Record.Version || record.CreateRevision != first.Record.CreateRevision
            || record.Lease != first.Record.Lease
            || (sighting.HasValue && first.HasValue && !record.Value.Equals(first.Record.Value)))
        {
            Finding = new RevisionFinding(
                $"one change was seen as {OperationText.Show(first.Record)} and as {OperationText.Show(record)}",
                first.Witness,
                sighting.Witness);
        }

        if (first.Witness is null || (sighting.HasValue && !first.HasValue))
        {
            _first[place] = sighting;
        }
    }

    private void JudgeByWrite(RevisionSighting sighting)
    {
        if (_facts.WriteAt(sighting.Record.ModRevision) is not { } write)
        {
            return;
        }

        if (FindPut(write.Request, write.Response, sighting.Record.Key) is not { } put
            || (!put.IgnoreLease && put.Lease != sighting.Record.Lease)
            || (!put.IgnoreValue && sighting.HasValue && !put.Value.Equals(sighting.Record.Value)))
        {
            Finding = new RevisionFinding(
                $"{OperationText.Show(sighting.Record)} was seen, and the write of that revision did not put it", write, sighting.Witness);
        }
    }

    /// <summary>The put of a key that a write carried out.</summary>
    private static PutRequest? FindPut(IMessage? request, IEtcdResponse? response, ByteString key)
    {
        if (request is PutRequest put)
        {
            return put.Key.Equals(key) ? put : null;
        }

        if (request is not TxnRequest transaction || response is not TxnResponse answer)
        {
            return null;
        }

        RepeatedField<RequestOp> operations = answer.Succeeded ? transaction.Success : transaction.Failure;
        for (int i = 0; i < Math.Min(operations.Count, answer.Responses.Count); i++)
        {
            IMessage? inner = (IMessage?)operations[i].RequestPut ?? operations[i].RequestTxn;
            if (FindPut(inner, answer.Responses[i].ResponseTxn, key) is { } found)
            {
                return found;
            }
        }

        return null;
    }
}
