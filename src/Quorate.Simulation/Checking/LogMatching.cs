using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Simulation.Checking;

/// <summary>
/// If two logs contain an entry with the same index and term, then the logs are identical in all entries up through the
/// given index (figure 3: Log Matching).
/// </summary>
/// <remarks>
/// What is checked of every entry in every log: that the same index and term always come with the same command and the
/// same term before it. The property follows by induction. An entry is looked at once, when it is new in its log.
/// </remarks>
public sealed class LogMatching : IReplicaObserver
{
    /// <summary>Name of the property.</summary>
    public const string Property = "log matching";

    private readonly Dictionary<LogPosition, Content> _contents = [];
    private readonly Seen[] _seen;

    /// <summary>For a world of so many members.</summary>
    public LogMatching(int members)
    {
        _seen = new Seen[members];
    }

    /// <inheritdoc/>
    public void Changed(SimulatedMember member, RaftNode node)
    {
        ArgumentNullException.ThrowIfNull(member);
        ArgumentNullException.ThrowIfNull(node);
        ref Seen seen = ref _seen[(int)member.Id.Value - 1];
        RaftLog log = node.Log;
        if (seen.Life == member.Life && seen.Last == log.Last)
        {
            return;
        }

        // Where the end that was seen is gone, entries before it may have been replaced too.
        long from = seen.Life == member.Life && log.Contains(seen.Last) ? seen.Last.Index + 1 : log.FirstIndex;
        for (long index = Math.Max(from, log.FirstIndex); index <= log.LastIndex; index++)
        {
            ref readonly Entry entry = ref log[index];
            log.TryGetTerm(index - 1, out long termBefore);
            var content = new Content(termBefore, entry.Kind, Crc32C.Compute(entry.Command.Span));
            LogPosition position = new(entry.Term, index);
            if (!_contents.TryAdd(position, content) && _contents[position] != content)
            {
                throw new PropertyViolatedException(
                    Property, $"entry {position} in the log of member {member.Id} is {content}, and was {_contents[position]} in another");
            }
        }

        seen = new Seen(member.Life, log.Last);
    }

    private readonly record struct Content(long TermBefore, EntryKind Kind, uint Checksum);

    private readonly record struct Seen(int Life, LogPosition Last);
}
