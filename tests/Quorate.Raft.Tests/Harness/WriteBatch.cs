using Quorate.Raft.Messages;

namespace Quorate.Raft.Tests.Harness;

/// <summary>What one output asked to put on disk, with the messages that wait for it.</summary>
public sealed class WriteBatch
{
    private readonly ReadOnlyMemory<Entry>[] _views;

    public WriteBatch(RaftOutput output)
    {
        HardState = output.HardState;
        ReplacedBySnapshot = output.ReplacedBySnapshot;
        _views = [.. output.Entries];
        Entries = [.. _views.SelectMany(view => view.ToArray())];
        Mark = output.Mark;
        Messages.AddRange(output.MessagesOnceDurable);
    }

    public HardState? HardState { get; }

    public SnapshotMetadata? ReplacedBySnapshot { get; }

    /// <summary>The entries as they were when the batch was taken.</summary>
    public Entry[] Entries { get; }

    public WriteMark Mark { get; }

    /// <summary>Messages to send once the batch is durable.</summary>
    public List<Message> Messages { get; } = [];

    /// <summary>The views that the algorithm gave out must not have changed until the disk reads them.</summary>
    public void CheckViewsAreStable()
    {
        int at = 0;
        foreach (ReadOnlyMemory<Entry> view in _views)
        {
            foreach (Entry entry in view.Span)
            {
                if (entry != Entries[at])
                {
                    throw new SafetyViolationException($"a view handed out for writing changed: {Entries[at].Position} became {entry.Position}");
                }

                at++;
            }
        }
    }
}
