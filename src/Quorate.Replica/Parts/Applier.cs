using Quorate.Raft;
using Quorate.Replica.Requests;

namespace Quorate.Replica.Parts;

/// <summary>
/// Gives committed entries to the state machine, in order, once each (spec C3), a bounded number at a time, and tells
/// the clients of this member what became of theirs: at the end of each run, when the state machine has made it visible.
/// </summary>
internal sealed class Applier(
    ReplicaOptions options, IStateMachine stateMachine, ProposalTable proposals, ReplicaCounters counters)
{
    private readonly Queue<ReadOnlyMemory<Entry>> _parts = new();
    private readonly List<(Proposal Proposal, ProposalOutcome Outcome)> _results = [];
    private ReadOnlyMemory<Entry> _rest;

    /// <summary>Commands were applied since the last end of a run.</summary>
    private bool _isInRun;

    /// <summary>A tick has passed: idle work gets its turn even if commands wait.</summary>
    private bool _idleWorkIsDue;
    private bool _idleWorkRemains;

    /// <summary>The last entry whose effect the state has.</summary>
    public LogPosition Applied { get; private set; }

    /// <summary>Bytes of commands applied since the start; only differences mean something.</summary>
    public long AppliedBytes { get; private set; }

    /// <summary>Bytes of commands that wait to be applied.</summary>
    public long WaitingBytes { get; private set; }

    /// <summary>While a snapshot is being loaded into the state machine, nothing is applied.</summary>
    public bool IsPaused { get; set; }

    public bool HasWork => !IsPaused && (!_rest.IsEmpty || _parts.Count > 0);

    /// <summary>Whether the state machine has said that it has more idle work, and may do it.</summary>
    public bool HasIdleWork => !IsPaused && _idleWorkRemains;

    /// <summary>The state machine has been given the state of a snapshot.</summary>
    public void StateLoaded(LogPosition lastIncluded)
    {
        // What was committed and not yet applied is part of the snapshot: nothing is handed out while one is installed.
        _parts.Clear();
        _rest = default;
        WaitingBytes = 0;
        Applied = lastIncluded;
    }

    /// <summary>Takes newly committed entries; the memory stays as it is while they wait.</summary>
    public void Enqueue(List<ReadOnlyMemory<Entry>> committed)
    {
        foreach (ReadOnlyMemory<Entry> part in committed)
        {
            if (!part.IsEmpty)
            {
                _parts.Enqueue(part);
                foreach (ref readonly Entry entry in part.Span)
                {
                    WaitingBytes += entry.Command.Length;
                }
            }
        }
    }

    /// <summary>Applies some. An exception of the state machine passes through and ends the replica.</summary>
    public void ApplySome()
    {
        int entriesLeft = options.ApplyEntriesMax;
        long bytesLeft = options.ApplyBytesMax;
        while (HasWork && entriesLeft > 0 && bytesLeft > 0)
        {
            if (_rest.IsEmpty)
            {
                _rest = _parts.Dequeue();
            }

            int count = Math.Min(entriesLeft, _rest.Length);
            int applied = 0;
            foreach (ref readonly Entry entry in _rest.Span[..count])
            {
                Apply(entry);
                applied++;
                bytesLeft -= entry.Command.Length;
                if (bytesLeft <= 0)
                {
                    break;
                }
            }

            entriesLeft -= applied;
            _rest = _rest[applied..];
        }

        EndRun();
    }

    public void Tick() => _idleWorkIsDue = true;

    /// <summary>Lets the state machine do a piece of its idle work, if nothing else is to be done.</summary>
    public void DoIdleWork()
    {
        if (IsPaused || (HasWork && !_idleWorkIsDue))
        {
            return;
        }

        _idleWorkIsDue = false;
        _idleWorkRemains = stateMachine.DoIdleWork();
    }

    private void Apply(in Entry entry)
    {
        if (entry.Index != Applied.Index + 1)
        {
            throw new RaftInvariantException($"entry {entry.Position} was committed after {Applied} was applied: entries must follow each other");
        }

        if (entry.Term > Applied.Term)
        {
            // What this run applied must not be taken for what an earlier leader failed to append.
            EndRun();
            proposals.TermApplied(entry.Term);
        }

        if (entry.Kind == EntryKind.Command)
        {
            ApplyCommand(entry);
        }

        Applied = entry.Position;
        AppliedBytes += entry.Command.Length;
        WaitingBytes -= entry.Command.Length;
        counters.EntryApplied();
    }

    /// <summary>
    /// Makes what was applied visible, then tells the results. Where the state machine fails instead, nothing is told:
    /// its clients hear with all others that the outcome is unknown.
    /// </summary>
    private void EndRun()
    {
        if (!_isInRun)
        {
            return;
        }

        _isInRun = false;
        stateMachine.BatchApplied();
        foreach ((Proposal proposal, ProposalOutcome outcome) in _results)
        {
            proposals.End(proposal, outcome);
        }

        _results.Clear();
    }

    private void ApplyCommand(in Entry entry)
    {
        _isInRun = true;
        CommandHeader header = CommandHeader.Read(entry.Command.Span);
        Proposal? proposal = header.Origin == options.Id ? proposals.Find(header.Number) : null;
        object? result = stateMachine.Apply(
            new AppliedCommand(entry.Term, entry.Index, entry.Command[CommandHeader.Length..], proposal is not null));
        if (proposal is not null)
        {
            _results.Add((proposal, new ProposalOutcome(ProposalStatus.Applied, entry.Index, entry.Term, result)));
        }
    }
}
