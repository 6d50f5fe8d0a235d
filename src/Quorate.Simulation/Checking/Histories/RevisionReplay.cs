using System.Globalization;
using Google.Protobuf;
using Quorate.Simulation.Histories;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>
/// Replays all changes in order of revision and holds every answer against the state at the revision in its header. A
/// revision that no answered write made must be filled by a write of unknown outcome: those that can are tried in order
/// of invocation, and the last choice is thought over when an answer does not fit.
/// </summary>
internal sealed class RevisionReplay
{
    private readonly History _history;
    private readonly RevisionFacts _facts;
    private readonly RealTimeRules _realTime;
    private readonly long _stepsMax;
    private readonly RevisionTimeline _timeline;
    private readonly RequestReplay _replay = new();
    private readonly Stack<Choice> _choices = new();
    private readonly bool[] _isUsed;
    private long _farthest;

    public RevisionReplay(History history, RevisionFacts facts, RealTimeRules realTime, long stepsMax)
    {
        _history = history;
        _facts = facts;
        _realTime = realTime;
        _stepsMax = stepsMax;
        _isUsed = new bool[facts.UnknownWrites.Count];
        HashSet<ByteString> keys = [];
        foreach (Operation operation in history.Operations)
        {
            RequestKeys.Visit(operation.Request, (key, _, _) => keys.Add(key));
        }

        ByteString[] ordered = [.. keys];
        Array.Sort(ordered, KeySpan.Compare);
        _timeline = new RevisionTimeline(ordered);
    }

    public long Steps { get; private set; }

    /// <summary>What does not fit at the newest revision that was come to.</summary>
    public RevisionFinding? Finding { get; private set; }

    public HistoryVerdict Run()
    {
        long revision = RevisionTimeline.FirstRevision;
        int candidate = 0;
        bool fits = OthersFit(revision);
        while (revision < _facts.RevisionMax || !fits)
        {
            if (Steps >= _stepsMax)
            {
                return HistoryVerdict.Undecided;
            }

            if (!fits)
            {
                if (!_choices.TryPop(out Choice last))
                {
                    return HistoryVerdict.Violated;
                }

                _isUsed[last.Candidate] = false;
                _timeline.TakeBackFrom(last.Revision);
                revision = last.Revision - 1;
                candidate = last.Candidate + 1;
            }

            revision++;
            fits = _facts.WriteAt(revision) is { } write ? WriteFits(write, revision) : TryFill(revision, candidate);
            fits = fits && OthersFit(revision);
            candidate = 0;
        }

        Finding = null;
        return HistoryVerdict.Holds;
    }

    /// <summary>After a run that holds: all that has a revision, in its order; what has the same one, the write first.</summary>
    public IReadOnlyList<Operation> Order()
    {
        Dictionary<long, Operation> chosen = [];
        foreach (Choice choice in _choices)
        {
            chosen.Add(choice.Revision, _facts.UnknownWrites[choice.Candidate]);
        }

        List<Operation> order = [];
        for (long revision = RevisionTimeline.FirstRevision; revision <= _facts.RevisionMax; revision++)
        {
            if ((_facts.WriteAt(revision) ?? chosen.GetValueOrDefault(revision)) is { } write)
            {
                order.Add(write);
            }

            order.AddRange(_facts.OthersAt(revision));
        }

        return order;
    }

    private bool WriteFits(Operation write, long revision)
    {
        if (!Replay(write, revision - 1, revision))
        {
            return Note(revision, () => new RevisionFinding(
                string.Create(CultureInfo.InvariantCulture, $"the answer does not fit the state at revision {revision - 1}: {_replay.Mismatch}"),
                write));
        }

        _timeline.Add(revision, _replay.Draft.Changed);
        return true;
    }

    private bool OthersFit(long revision)
    {
        foreach (Operation operation in _facts.OthersAt(revision))
        {
            if (!Replay(operation, revision, revision))
            {
                return Note(revision, () => new RevisionFinding(
                    string.Create(CultureInfo.InvariantCulture, $"the answer does not fit the state at revision {revision}: {_replay.Mismatch}"),
                    operation));
            }
        }

        return true;
    }

    /// <summary>Gives a revision to the next write of unknown outcome that can have made it.</summary>
    private bool TryFill(long revision, int firstCandidate)
    {
        for (int i = firstCandidate; i < _facts.UnknownWrites.Count; i++)
        {
            if (!_isUsed[i] && CanHaveMade(_facts.UnknownWrites[i], revision))
            {
                _isUsed[i] = true;
                _choices.Push(new Choice(revision, i));
                _timeline.Add(revision, _replay.Draft.Changed);
                return true;
            }
        }

        return Note(revision, () => Unmade(revision));
    }

    private bool CanHaveMade(Operation candidate, long revision)
    {
        if (_realTime.RevisionBefore(candidate) >= revision)
        {
            return false;
        }

        IReadOnlyList<RevisionSighting> sightings = _facts.SightingsOf(revision);
        return sightings.All(sighting => sighting.CanComeFrom(candidate.Request))
            && Replay(candidate, revision - 1, revision)
            && _replay.Draft.Changed.Count > 0
            && sightings.All(sighting => sighting.IsAmong(_replay.Draft.Changed));
    }

    private bool Replay(Operation operation, long baseRevision, long revision)
    {
        Steps++;
        return _replay.Run(_timeline.At(baseRevision), operation.Request, operation.Response, revision);
    }

    /// <summary>Keeps the finding at the newest revision: what went wrong before was thought over.</summary>
    private bool Note(long revision, Func<RevisionFinding> describe)
    {
        if (revision > _farthest)
        {
            _farthest = revision;
            Finding = describe();
        }

        return false;
    }

    private RevisionFinding Unmade(long revision)
    {
        List<Operation> operations = [];
        string seen = "";
        foreach (RevisionSighting sighting in _facts.SightingsOf(revision).Take(1))
        {
            seen = $", where {OperationText.Show(sighting.Record)} was seen";
            operations.Add(sighting.Witness);
            operations.AddRange(_history.Operations.Where(operation =>
                operation.End == OperationEnd.Refused
                && Replay(operation, revision - 1, revision)
                && sighting.IsAmong(_replay.Draft.Changed)).Take(1));
        }

        string refused = operations.Count > 1 ? "; one that was refused would have" : "";
        return new RevisionFinding(
            string.Create(
                CultureInfo.InvariantCulture,
                $"no write that was answered, or may have taken effect, can have made revision {revision}{seen}{refused}"),
            operations);
    }

    /// <summary>A revision, and which write of unknown outcome is held to have made it.</summary>
    private readonly record struct Choice(long Revision, int Candidate);
}
