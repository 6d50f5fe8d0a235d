using System.Globalization;
using Google.Protobuf.Collections;
using Quorate.Etcd.Protocol;
using Quorate.Simulation.Histories;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>What answers say of revisions by themselves, before anything is replayed.</summary>
internal sealed class RevisionFacts
{
    private readonly Dictionary<long, Operation> _writes = [];
    private readonly Dictionary<long, List<Operation>> _others = [];
    private readonly Dictionary<long, List<RevisionSighting>> _sightings = [];

    public RevisionFacts(History history)
    {
        foreach (Operation operation in history.Operations)
        {
            if (operation.End == OperationEnd.Answered)
            {
                Take(operation);
            }
            else if (operation.IsWriteOfUnknownOutcome)
            {
                UnknownWrites.Add(operation);
            }
        }

        // One gap more than there are writes to fill them is enough to know, whatever revision an answer may name.
        for (long revision = RevisionTimeline.FirstRevision + 1; revision <= RevisionMax && !HasTooManyGaps; revision++)
        {
            if (!_writes.ContainsKey(revision))
            {
                Gaps.Add(revision);
            }
        }

        if (Gaps.Count > 0)
        {
            foreach (Operation operation in history.Operations)
            {
                RevisionSighting.Visit(operation, NoteUnlessMade);
            }
        }
    }

    /// <summary>The newest revision that an answer names.</summary>
    public long RevisionMax { get; private set; } = RevisionTimeline.FirstRevision;

    /// <summary>Writes that may have made a revision that no answer is for, in order of invocation.</summary>
    public List<Operation> UnknownWrites { get; } = [];

    /// <summary>The revisions that no answered write made, in order; not all where <see cref="HasTooManyGaps"/>.</summary>
    public List<long> Gaps { get; } = [];

    /// <summary>Whether more revisions want a write than there are writes of unknown outcome.</summary>
    public bool HasTooManyGaps => Gaps.Count > UnknownWrites.Count;

    /// <summary>The first thing found that cannot be.</summary>
    public RevisionFinding? Finding { get; private set; }

    /// <summary>The answered write that made a revision.</summary>
    public Operation? WriteAt(long revision) => _writes.GetValueOrDefault(revision);

    /// <summary>The answers that changed nothing and show the state at a revision, in order of invocation.</summary>
    public IReadOnlyList<Operation> OthersAt(long revision) =>
        _others.TryGetValue(revision, out List<Operation>? others) ? others : [];

    /// <summary>The records that any answer shows of a revision without an answered write.</summary>
    public IReadOnlyList<RevisionSighting> SightingsOf(long revision) =>
        _sightings.TryGetValue(revision, out List<RevisionSighting>? sightings) ? sightings : [];

    /// <summary>Whether an answer tells that something was changed.</summary>
    public static bool HasChanged(IEtcdResponse response) => response switch
    {
        PutResponse => true,
        DeleteRangeResponse delete => delete.Deleted > 0,
        TxnResponse transaction => HasChanged(transaction.Responses),
        _ => false,
    };

    private static bool HasChanged(RepeatedField<ResponseOp> responses)
    {
        foreach (ResponseOp response in responses)
        {
            bool changed = response.ResponseCase switch
            {
                ResponseOp.ResponseOneofCase.ResponsePut => true,
                ResponseOp.ResponseOneofCase.ResponseDeleteRange => response.ResponseDeleteRange.Deleted > 0,
                ResponseOp.ResponseOneofCase.ResponseTxn => HasChanged(response.ResponseTxn.Responses),
                _ => false,
            };
            if (changed)
            {
                return true;
            }
        }

        return false;
    }

    private void NoteUnlessMade(RevisionSighting sighting)
    {
        long revision = sighting.Record.ModRevision;
        if (_writes.ContainsKey(revision))
        {
            return;
        }

        if (!_sightings.TryGetValue(revision, out List<RevisionSighting>? sightings))
        {
            _sightings.Add(revision, sightings = []);
        }

        sightings.Add(sighting);
    }

    private void Take(Operation operation)
    {
        long revision = operation.Revision;
        if (revision < RevisionTimeline.FirstRevision)
        {
            Finding ??= new RevisionFinding("an answer names no revision", operation);
            return;
        }

        RevisionMax = Math.Max(RevisionMax, revision);
        if (!HasChanged(operation.Response!))
        {
            if (!_others.TryGetValue(revision, out List<Operation>? others))
            {
                _others.Add(revision, others = []);
            }

            others.Add(operation);
        }
        else if (!_writes.TryAdd(revision, operation))
        {
            Finding ??= new RevisionFinding(
                string.Create(CultureInfo.InvariantCulture, $"two writes made revision {revision}"), _writes[revision], operation);
        }
        else if (revision == RevisionTimeline.FirstRevision)
        {
            Finding ??= new RevisionFinding("a write made the revision that an empty store has", operation);
        }
    }
}
