using Quorate.Raft.Messages;

namespace Quorate.Raft.Tests.Sections;

/// <summary>What committing costs in memory, as a count that no machine's mood changes.</summary>
public sealed class SteadyStateAllocations
{
    private const int BatchEntries = 64;
    private const int TrailingEntries = 1_000;
    private const int CompactEveryEntries = 8_192;

    /// <summary>An AppendEntries or its reply, with its header: less than this.</summary>
    private const int MessageBytesMax = 128;

    private readonly RaftNode[] _nodes;
    private readonly Queue<Message> _messages = new();
    private readonly byte[] _command = new byte[256];
    private long _messagesPosted;

    public SteadyStateAllocations()
    {
        MemberId[] members = [new(1), new(2), new(3)];
        var restored = new RestoredState { InitialConfiguration = new Configuration(members) };
        _nodes = [.. members.Select(id => new RaftNode(new RaftOptions { Id = id, Seed = id.Value, ReusesCompactedChunks = true }, restored))];
    }

    [Fact]
    public void An_entry_allocates_nothing_in_the_core_only_its_batch_s_messages_do()
    {
        RaftNode leader = Elect();
        Commit(leader, 5 * CompactEveryEntries);
        long messagesBefore = _messagesPosted;
        long allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        long committedBefore = leader.CommitIndex;

        Commit(leader, 5 * CompactEveryEntries);

        long allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
        (leader.CommitIndex - committedBefore).ShouldBe(5 * CompactEveryEntries);
        allocated.ShouldBeLessThan((_messagesPosted - messagesBefore) * MessageBytesMax);
    }

    private RaftNode Elect()
    {
        while (true)
        {
            foreach (RaftNode node in _nodes)
            {
                node.Tick();
                Carry();
                if (node.Role == Role.Leader)
                {
                    return node;
                }
            }
        }
    }

    private void Commit(RaftNode leader, int entries)
    {
        for (int i = 1; i <= entries; i++)
        {
            if (leader.Propose(_command).Status != ProposeStatus.Accepted)
            {
                throw new InvalidOperationException("the leader refuses"); // an assertion would allocate
            }

            if (i % BatchEntries == 0)
            {
                Carry();
            }

            if (i % CompactEveryEntries == 0)
            {
                Compact();
            }
        }
    }

    private void Carry()
    {
        bool moved;
        do
        {
            moved = false;
            foreach (RaftNode node in _nodes)
            {
                for (RaftOutput output = node.TakeOutput(); !output.IsEmpty; output = node.TakeOutput())
                {
                    moved = true;
                    Post(output.Messages);
                    Post(output.MessagesOnceDurable);
                    if (output.MustWrite)
                    {
                        node.Written(output.Mark);
                    }
                }
            }

            while (_messages.TryDequeue(out Message? message))
            {
                _nodes[message.To.Value - 1].Step(message);
            }
        }
        while (moved);
    }

    private void Post(List<Message> messages)
    {
        foreach (Message message in messages)
        {
            _messagesPosted++;
            _messages.Enqueue(message);
        }
    }

    private void Compact()
    {
        foreach (RaftNode node in _nodes)
        {
            var applied = new LogPosition(node.Log.TermAt(node.HandedOutIndex), node.HandedOutIndex);
            node.SnapshotTaken(new SnapshotMetadata(applied, node.ConfigurationAt(applied.Index), 0, 0));
            node.ForgetBefore(applied.Index - TrailingEntries, applied.Index - TrailingEntries);
        }
    }
}
