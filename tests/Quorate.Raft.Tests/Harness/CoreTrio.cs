using Quorate.Raft.Messages;

namespace Quorate.Raft.Tests.Harness;

/// <summary>
/// The algorithm alone: three cores stepped in one thread, messages handed over as they are, every write durable at
/// once. Nothing else is done, so that what an entry costs is what the algorithm costs.
/// </summary>
internal sealed class CoreTrio
{
    /// <summary>Commands proposed at once.</summary>
    public const int BatchEntries = 64;

    /// <summary>Entries after which each core forgets what it has handed out.</summary>
    public const int CompactEveryEntries = 8192;

    private const int TrailingEntries = 1000;

    private readonly RaftNode[] _nodes;
    private readonly Queue<Message> _messages = new();
    private readonly byte[] _command = new byte[256];
    private long _compactAt;

    public CoreTrio()
    {
        MemberId[] members = [new(1), new(2), new(3)];
        var restored = new RestoredState { InitialConfiguration = new Configuration(members) };
        _nodes = [.. members.Select(id => new RaftNode(new RaftOptions { Id = id, Seed = id.Value, ReusesCompactedChunks = true }, restored))];
        Leader = Elect();
        _compactAt = Leader.CommitIndex + CompactEveryEntries;
    }

    public RaftNode Leader { get; }

    /// <summary>Messages handed over so far.</summary>
    public long MessagesPosted { get; private set; }

    /// <summary>Proposes a batch, and carries everything until nothing is left to carry.</summary>
    public void CommitBatch()
    {
        for (int i = 0; i < BatchEntries; i++)
        {
            if (Leader.Propose(_command).Status != ProposeStatus.Accepted)
            {
                throw new InvalidOperationException("the leader refuses");
            }
        }

        Carry();
        if (Leader.CommitIndex >= _compactAt)
        {
            _compactAt += CompactEveryEntries;
            Compact();
        }
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
            MessagesPosted++;
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
