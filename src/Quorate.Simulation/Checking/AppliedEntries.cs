using Quorate.Io;
using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Simulation.Checking;

/// <summary>
/// If a server has applied a log entry at a given index to its state machine, no other server will ever apply a different
/// log entry for the same index (figure 3: State Machine Safety). And none applies one twice, or leaves one out, in one life.
/// </summary>
public sealed class AppliedEntries
{
    /// <summary>Name of the property.</summary>
    public const string Property = "state machine safety";

    /// <summary>By index; where no command was applied, as that is of another kind or still to come, the term is zero.</summary>
    private Applied[] _entries = new Applied[1024];

    /// <summary>Commands applied, each counted once however many members applied it.</summary>
    public int Count { get; private set; }

    /// <summary>What is known to be committed: index and term of every command applied, and the newest term it was seen in.</summary>
    public IEnumerable<(LogPosition Position, long CommittedBy)> Committed =>
        _entries.Index().Where(static entry => entry.Item.Term > 0).Select(static entry => (new LogPosition(entry.Item.Term, entry.Index), entry.Item.CommittedBy));

    internal void Record(SimulatedMember member, long lastIndex, in AppliedCommand command)
    {
        if (command.Index <= lastIndex)
        {
            throw new PropertyViolatedException(Property, $"member {member.Id} applies entry {command.Index} after entry {lastIndex}");
        }

        var applied = new Applied(command.Term, Crc32C.Compute(command.Command.Span), member.Replica?.Algorithm.CurrentTerm ?? long.MaxValue);
        if (command.Index >= _entries.Length)
        {
            Array.Resize(ref _entries, (int)Math.Max(command.Index + 1, 2L * _entries.Length));
        }

        ref Applied first = ref _entries[command.Index];
        if (first.Term == 0)
        {
            first = applied;
            Count++;
            return;
        }

        if (first.Term != applied.Term || first.Checksum != applied.Checksum)
        {
            throw new PropertyViolatedException(
                Property,
                $"member {member.Id} applies at index {command.Index} a command of term {applied.Term} (checksum {applied.Checksum:x8}), "
                + $"and another applied one of term {first.Term} (checksum {first.Checksum:x8})");
        }

        if (applied.CommittedBy < first.CommittedBy)
        {
            first = applied;
        }
    }

    private readonly record struct Applied(long Term, uint Checksum, long CommittedBy);
}
