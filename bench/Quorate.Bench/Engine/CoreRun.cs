using System.Diagnostics;
using System.Globalization;
using Quorate.Raft;
using Quorate.Raft.Messages;

namespace Quorate.Bench.Engine;

/// <summary>
/// The algorithm alone: three cores stepped in one thread, messages handed over as they are, every write durable at
/// once. Sixty-four commands are proposed, and then everything is carried until nothing is left to carry.
/// </summary>
internal sealed class CoreRun
{
    /// <summary>Commands proposed at once.</summary>
    public const int BatchEntries = 64;

    private const int CompactEveryEntries = 8192;
    private const int TrailingEntries = 1000;

    private readonly RaftNode[] _nodes;
    private readonly RaftNode _leader;
    private readonly Queue<Message> _messages = new();
    private readonly byte[] _command = new byte[256];

    private long _compactAt;

    public CoreRun()
    {
        MemberId[] members = [new(1), new(2), new(3)];
        var restored = new RestoredState { InitialConfiguration = new Configuration(members) };
        _nodes = [.. members.Select(id => new RaftNode(new RaftOptions { Id = id, Seed = id.Value, ReusesCompactedChunks = true }, restored))];
        _leader = Elect();
        _compactAt = _leader.CommitIndex + CompactEveryEntries;
    }

    public static int Run(TimeSpan duration, int rounds)
    {
        var core = new CoreRun();
        core.Commit(TimeSpan.FromSeconds(1));
        for (int round = 0; round < rounds; round++)
        {
            long allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
            TimeSpan processorBefore = Environment.CpuUsage.TotalTime;
            var clock = Stopwatch.StartNew();
            long entries = core.Commit(duration);
            double seconds = clock.Elapsed.TotalSeconds;
            double processor = (Environment.CpuUsage.TotalTime - processorBefore).TotalSeconds;
            double allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{entries / seconds / 1e6:0.00} million entries a second ({entries / processor / 1e6:0.00} a second of processor), {allocated / entries:0.00} bytes allocated an entry, {allocated / entries * BatchEntries:0} a batch of {BatchEntries}"));
        }

        return 0;
    }

    /// <summary>By the clock, after warming up.</summary>
    public static double EntriesPerSecond(TimeSpan duration)
    {
        var core = new CoreRun();
        core.Commit(TimeSpan.FromSeconds(1));
        var clock = Stopwatch.StartNew();
        long entries = core.Commit(duration);
        return entries / clock.Elapsed.TotalSeconds;
    }

    /// <summary>Proposes a batch, and carries everything until nothing is left to carry.</summary>
    public void CommitBatch()
    {
        for (int i = 0; i < BatchEntries; i++)
        {
            _leader.Propose(_command);
        }

        Carry();
        if (_leader.CommitIndex >= _compactAt)
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

    private long Commit(TimeSpan duration)
    {
        long first = _leader.CommitIndex;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < duration)
        {
            CommitBatch();
        }

        return _leader.CommitIndex - first;
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
