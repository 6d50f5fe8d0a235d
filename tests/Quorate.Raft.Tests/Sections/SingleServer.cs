using Quorate.Raft.Messages;

namespace Quorate.Raft.Tests.Sections;

/// <summary>One server, number 1 of its cluster, whose disk and whose peers are played by the test.</summary>
internal sealed class SingleServer
{
    public const int ElectionTimeoutTicks = 10;
    private readonly Queue<(WriteMark Mark, List<Message> Promises)> _writes = new();

    public SingleServer(
        int voters = 3,
        int learners = 0,
        long[]? log = null,
        HardState? hardState = null,
        SnapshotMetadata? snapshot = null,
        Func<RaftOptions, RaftOptions>? configure = null,
        Configuration? configuration = null,
        IReadOnlyList<Entry>? entries = null)
    {
        entries ??= Entries(1, log ?? []);
        long term = Math.Max(entries.Count == 0 ? 0 : entries[^1].Term, snapshot?.LastIncluded.Term ?? 0);
        var options = new RaftOptions { Id = Member(1), Seed = 7, ElectionTimeoutTicks = ElectionTimeoutTicks };
        Node = new RaftNode(configure?.Invoke(options) ?? options, new RestoredState
        {
            HardState = hardState ?? new HardState(term, MemberId.None),
            Snapshot = snapshot,
            InitialConfiguration = configuration
                ?? new Configuration(Enumerable.Range(1, voters).Select(Member), Enumerable.Range(voters + 1, learners).Select(Member)),
            Entries = entries,
        });
    }

    public RaftNode Node { get; }

    /// <summary>What has left since it was last looked at.</summary>
    public List<Message> Sent { get; } = [];

    public List<Entry> Applied { get; } = [];

    public List<ReadResult> Reads { get; } = [];

    public List<SnapshotChunk> Chunks { get; } = [];

    public List<FollowerLoss> Losses { get; } = [];

    public int WritesPending => _writes.Count;

    public static MemberId Member(int id) => new((ulong)id);

    public static LogPosition At(long term, long index) => new(term, index);

    /// <summary>Entries from an index on, one a term given; the bytes name the position.</summary>
    public static Entry[] Entries(long first, params long[] terms) =>
        [.. terms.Select((term, i) => new Entry(term, first + i, EntryKind.Command, new[] { (byte)term, (byte)(first + i) }))];

    public static SnapshotMetadata SnapshotAt(long term, long index, int voters = 3, long length = 10) =>
        new(At(term, index), new Configuration(Enumerable.Range(1, voters).Select(Member)), length, 99);

    /// <summary>A snapshot is there, and of the log only what begins at an index stays in memory.</summary>
    public void Compact(SnapshotMetadata snapshot, long firstIndexKept)
    {
        Node.SnapshotTaken(snapshot);
        Node.ForgetBefore(firstIndexKept, firstIndexKept);
    }

    /// <summary>Takes the output; writes wait for <see cref="Flush"/>.</summary>
    public RaftOutput Take()
    {
        RaftOutput output = Node.TakeOutput();
        Sent.AddRange(output.Messages);
        if (output.MustWrite)
        {
            _writes.Enqueue((output.Mark, [.. output.MessagesOnceDurable]));
        }
        else if (_writes.Count > 0)
        {
            _writes.Last().Promises.AddRange(output.MessagesOnceDurable);
        }
        else
        {
            Sent.AddRange(output.MessagesOnceDurable);
        }

        foreach (ReadOnlyMemory<Entry> part in output.Committed)
        {
            Applied.AddRange(part.ToArray());
        }

        Reads.AddRange(output.Reads);
        Chunks.AddRange(output.SnapshotChunks);
        Losses.AddRange(output.FollowerLosses);
        return output;
    }

    /// <summary>The oldest write reaches the disk.</summary>
    public void Flush()
    {
        (WriteMark mark, List<Message> promises) = _writes.Dequeue();
        Sent.AddRange(promises);
        Node.Written(mark);
    }

    /// <summary>Everything to be written is, and what follows from it.</summary>
    public void Settle()
    {
        Take();
        while (_writes.Count > 0)
        {
            Flush();
            Take();
        }
    }

    /// <summary>A message arrives, and all that follows happens.</summary>
    public void Receive(Message message)
    {
        Node.Step(message);
        Settle();
    }

    public void Tick(int ticks = 1)
    {
        for (int i = 0; i < ticks; i++)
        {
            Node.Tick();
        }

        Settle();
    }

    /// <summary>Takes what has left of one kind, and forgets the rest.</summary>
    public List<T> TakeSent<T>()
        where T : Message
    {
        List<T> taken = [.. Sent.OfType<T>()];
        Sent.Clear();
        return taken;
    }

    /// <summary>Ticks until the election timer has fired.</summary>
    public int TickUntilPreCandidate()
    {
        long before = Node.PreVotesStarted;
        for (int ticks = 1; ticks <= 2 * ElectionTimeoutTicks; ticks++)
        {
            Node.Tick();
            if (Node.PreVotesStarted > before)
            {
                return ticks;
            }
        }

        throw new InvalidOperationException("the election timer never fired");
    }

    public SingleServer BecomeCandidate()
    {
        TickUntilPreCandidate();
        foreach (MemberId voter in OtherVoters())
        {
            Node.Step(new RequestPreVoteReply { From = voter, To = Node.Id, Term = Node.CurrentTerm + 1, VoteGranted = true });
            if (Node.Role == Role.Candidate)
            {
                break;
            }
        }

        return this;
    }

    /// <summary>Leads, its no-op on its own disk and sent, and nothing answered yet.</summary>
    public SingleServer BecomeLeader()
    {
        BecomeCandidate();
        Settle();
        foreach (MemberId voter in OtherVoters())
        {
            GrantVote(voter);
        }

        Settle();
        Node.Role.ShouldBe(Role.Leader);
        return this;
    }

    public void GrantVote(MemberId voter)
    {
        if (Node.Role == Role.Candidate)
        {
            Node.Step(new RequestVoteReply { From = voter, To = Node.Id, Term = Node.CurrentTerm, VoteGranted = true });
        }
    }

    public SingleServer BecomeFollowerOf(int leader, long term)
    {
        Heartbeat(leader, term);
        Settle();
        Sent.Clear();
        return this;
    }

    public void Heartbeat(int leader, long term, long commitIndex = 0) =>
        Node.Step(Append(leader, term, LogPosition.Start, commitIndex));

    public AppendEntries Append(int leader, long term, LogPosition previous, long commitIndex = 0, params long[] terms) => new()
    {
        From = Member(leader),
        To = Node.Id,
        Term = term,
        Previous = previous,
        CommitIndex = commitIndex,
        Entries = Entries(previous.Index + 1, terms),
    };

    public AppendEntriesReply Accepts(int follower, LogPosition previous, long matchIndex, long readRound = 0) => new()
    {
        From = Member(follower),
        To = Node.Id,
        Term = Node.CurrentTerm,
        Success = true,
        Previous = previous,
        MatchIndex = matchIndex,
        ReadRound = readRound,
    };

    /// <summary>The follower acknowledges the leader's whole log.</summary>
    public void AcceptsAll(int follower) =>
        Receive(Accepts(follower, Node.LastLog, Node.LastLog.Index));

    public AppendEntriesReply Refuses(int follower, LogPosition previous, LogPosition conflict) => new()
    {
        From = Member(follower),
        To = Node.Id,
        Term = Node.CurrentTerm,
        Success = false,
        Previous = previous,
        Conflict = conflict,
    };

    public RequestVote AsksVote(int candidate, long term, LogPosition last, bool isTransfer = false) => new()
    {
        From = Member(candidate),
        To = Node.Id,
        Term = term,
        LastLog = last,
        LeadershipTransfer = isTransfer,
    };

    public FollowerProgress Follower(int id) => Node.Followers.Single(follower => follower.Id == Member(id));

    private IEnumerable<MemberId> OtherVoters() =>
        Node.Configuration.Members.Where(member => member != Node.Id && Node.Configuration.IsVoter(member));
}
