using Quorate.Io;
using Quorate.Raft;
using Quorate.Replica;
using Quorate.Runtime.Tests.Peers;

namespace Quorate.Runtime.Tests.Loop;

public sealed class ReplicaLoopTests : IDisposable
{
    private static readonly TimeSpan NoTicks = TimeSpan.FromHours(1);

    private readonly FakeReplica _replica = new();
    private readonly List<Exception> _crashes = [];
    private readonly List<ReplicaLoop> _loops = [];

    public void Dispose()
    {
        _replica.PumpMayPass.Set();
        foreach (ReplicaLoop loop in _loops)
        {
            loop.Stop(Patience.Limit).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Frames_reach_the_replica_in_order_with_their_sender()
    {
        ReplicaLoop loop = Start();
        for (int i = 0; i < 1000; i++)
        {
            await loop.PostAsync((ulong)(i % 2), PeerEnd.Frame($"{i}"), CancellationToken.None);
        }

        await Patience.UntilAsync(() => _replica.Events.Count(text => text.StartsWith("frame", StringComparison.Ordinal)) == 1000, "all frames are in");
        _replica.Events.Where(text => text.StartsWith("frame", StringComparison.Ordinal))
            .ShouldBe(Enumerable.Range(0, 1000).Select(i => $"frame {i % 2} {i}"));
    }

    [Fact]
    public async Task A_lost_connection_reaches_the_replica_after_the_frames_before_it()
    {
        ReplicaLoop loop = await StartHeldAsync();
        await loop.PostAsync(3, PeerEnd.Frame("last"), CancellationToken.None);
        loop.ConnectionLost(3);
        await loop.PostAsync(3, PeerEnd.Frame("next"), CancellationToken.None);
        _replica.PumpMayPass.Set();
        await Patience.UntilAsync(() => _replica.Events.Contains("frame 3 next"), "all is in");
        _replica.Events.Where(text => text.StartsWith("frame", StringComparison.Ordinal) || text.StartsWith("lost", StringComparison.Ordinal))
            .ShouldBe(["frame 3 last", "lost 3", "frame 3 next"]);
    }

    [Fact]
    public async Task All_events_that_wait_are_taken_before_one_pump()
    {
        ReplicaLoop loop = await StartHeldAsync();
        for (int i = 0; i < 100; i++)
        {
            loop.Propose(AwaitedProposal.Create([], Patience.Limit));
        }

        int pumps = _replica.Count("pump");
        _replica.PumpMayPass.Set();
        await Patience.UntilAsync(() => _replica.Count("pump") > pumps, "it was pumped");
        _replica.Events.Skip(_replica.Events.Count - 101).ShouldBe([.. Enumerable.Repeat("propose", 100), "pump"]);
    }

    [Fact]
    public async Task A_request_to_a_replica_at_rest_is_carried_out_by_the_thread_that_brings_it_and_any_other_by_the_loop()
    {
        _replica.IsAtRest = true;
        ReplicaLoop loop = Start();
        int own = 0;
        for (int sent = 1; own == 0; sent++)
        {
            // The loop may still be in its turn after what came before, and then takes this too.
            own = ProposeOnOneThread(loop) is var caller && _replica.ProposedOn == caller ? caller : 0;
            await Patience.UntilAsync(() => _replica.Count("propose") == sent, "it is taken");
        }

        _replica.IsAtRest = false;
        ProposeOnOneThread(loop); // The last that finds it at rest.
        int proposals = _replica.Count("propose");
        int another = ProposeOnOneThread(loop);
        await Patience.UntilAsync(() => _replica.Count("propose") > proposals, "it is taken");
        _replica.ProposedOn.ShouldNotBe(another);
    }

    [Fact]
    public async Task A_replica_that_has_more_to_do_is_pumped_again_without_an_event()
    {
        ReplicaLoop loop = Start();
        await Patience.UntilAsync(() => _replica.Count("pump") > 0, "it was pumped");
        _replica.MorePumps = 5;
        loop.RequestSnapshot();
        await Patience.UntilAsync(() => _replica.Count("pump") >= 6 && !_replica.HasWork, "all is done");
    }

    [Fact]
    public async Task Time_reaches_the_replica_as_ticks_without_any_event()
    {
        Start(tickInterval: TimeSpan.FromMilliseconds(1));
        await Patience.UntilAsync(() => _replica.Count("tick") >= 10, "ten ticks have passed");
    }

    [Fact]
    public async Task A_full_inbox_answers_proposals_and_reads_as_overloaded_at_once_and_takes_them_again_later()
    {
        ReplicaLoop loop = await StartHeldAsync(new InboxLimits { RequestsMax = 2 });
        loop.Propose(AwaitedProposal.Create([], Patience.Limit));
        loop.Propose(AwaitedProposal.Create([], Patience.Limit));
        AwaitedProposal third = AwaitedProposal.Create([], Patience.Limit);
        loop.Propose(third);
        third.Outcome.IsCompleted.ShouldBeTrue();
        (await third.Outcome).Status.ShouldBe(ProposalStatus.Overloaded);
        var read = new AwaitedRead(ReadConsistency.Local, Patience.Limit);
        loop.Read(read);
        (await Patience.ForAsync(read.Outcome)).ShouldBe(ReadOutcome.Overloaded);
        _replica.PumpMayPass.Set();
        await Patience.UntilAsync(() => _replica.Count("propose") == 2, "the two are taken");
        read = new AwaitedRead(ReadConsistency.Local, Patience.Limit);
        loop.Read(read);
        (await Patience.ForAsync(read.Outcome)).ShouldBe(ReadOutcome.Ready);
    }

    [Fact]
    public async Task The_inbox_is_bounded_in_bytes_of_commands_as_well()
    {
        ReplicaLoop loop = await StartHeldAsync(new InboxLimits { RequestBytesMax = 100 });
        loop.Propose(AwaitedProposal.Create(new byte[50], Patience.Limit));
        AwaitedProposal second = AwaitedProposal.Create(new byte[50], Patience.Limit);
        loop.Propose(second);
        (await Patience.ForAsync(second.Outcome)).Status.ShouldBe(ProposalStatus.Overloaded);
    }

    [Fact]
    public async Task A_command_that_no_inbox_would_hold_is_too_large_and_not_one_to_be_proposed_again()
    {
        ReplicaLoop loop = await StartHeldAsync(new InboxLimits { RequestBytesMax = 100 });
        AwaitedProposal larger = AwaitedProposal.Create(new byte[101], Patience.Limit);
        loop.Propose(larger);
        (await Patience.ForAsync(larger.Outcome)).Status.ShouldBe(ProposalStatus.TooLarge);
    }

    [Fact]
    public async Task Frames_wait_for_room_lose_their_wait_on_cancellation_and_keep_no_request_out()
    {
        ReplicaLoop loop = await StartHeldAsync(new InboxLimits { FramesMax = 1 });
        await loop.PostAsync(2, PeerEnd.Frame("first"), CancellationToken.None);
        using var cancelled = new CancellationTokenSource();
        Task given = loop.PostAsync(2, PeerEnd.Frame("given up"), cancelled.Token).AsTask();
        Task second = loop.PostAsync(2, PeerEnd.Frame("second"), CancellationToken.None).AsTask();
        second.IsCompleted.ShouldBeFalse();
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => given);
        loop.Propose(AwaitedProposal.Create([], Patience.Limit));
        _replica.PumpMayPass.Set();
        await Patience.ForAsync(second);
        await Patience.UntilAsync(() => _replica.Events.Contains("frame 2 second"), "the second frame is in");
        _replica.Events.ShouldContain("propose");
        _replica.Events.ShouldNotContain("frame 2 given up");
    }

    [Fact]
    public async Task Threads_that_bring_frames_and_completions_are_in_the_replica_one_at_a_time_and_lose_none()
    {
        ReplicaLoop loop = CreateLoop(new InboxLimits(), TimeSpan.FromMilliseconds(1));
        WorkLane? lane = null;
        IWorkLane counted = loop.Lane(post => lane = new WorkLane("test lane", post), entersReplica: true);
        loop.Start(_replica);
        var bringing = Enumerable.Range(1, 4).Select(peer => Task.Run(async () =>
        {
            for (int i = 0; i < 1000; i++)
            {
                await loop.PostAsync((ulong)peer, PeerEnd.Frame($"{i}"), CancellationToken.None);
            }
        })).ToArray();
        NotingWork[] works = [.. Enumerable.Range(0, 500).Select(_ => new NotingWork())];
        foreach (NotingWork work in works)
        {
            counted.Submit(work);
        }

        await Patience.ForAsync(Task.WhenAll(bringing));
        await Patience.UntilAsync(
            () => _replica.Events.Count(text => text.StartsWith("frame", StringComparison.Ordinal)) == 4000
                && works.All(work => work.CompletedOn.Task.IsCompleted),
            "all frames and completions are in");
        for (int peer = 1; peer <= 4; peer++)
        {
            _replica.Events.Where(text => text.StartsWith($"frame {peer} ", StringComparison.Ordinal))
                .ShouldBe(Enumerable.Range(0, 1000).Select(i => $"frame {peer} {i}"));
        }

        _crashes.ShouldBeEmpty();
        loop.Stop(Patience.Limit).ShouldBeTrue();
        lane!.Stop(Patience.Limit).ShouldBeTrue();
    }

    [Fact]
    public async Task A_fault_of_the_replica_on_the_thread_that_brought_a_frame_ends_the_loop_and_is_told()
    {
        ReplicaLoop loop = Start();
        await Patience.UntilAsync(() => _replica.Count("pump") > 0, "it was pumped");
        _replica.ThrowOnPump = new InvalidOperationException("a fault");
        await loop.PostAsync(2, PeerEnd.Frame("frame"), CancellationToken.None);
        await Patience.UntilAsync(() => _crashes.Count == 1, "the fault was told");
        _crashes[0].Message.ShouldBe("a fault");
        AwaitedProposal late = AwaitedProposal.Create([], Patience.Limit);
        loop.Propose(late);
        (await Patience.ForAsync(late.Outcome)).Status.ShouldBe(ProposalStatus.Stopping);
    }

    [Fact]
    public async Task Completions_come_on_the_loop_even_when_the_inbox_is_full()
    {
        ReplicaLoop loop = CreateLoop(new InboxLimits { RequestsMax = 1, FramesMax = 1 }, NoTicks);
        WorkLane? lane = null;
        IWorkLane counted = loop.Lane(post => lane = new WorkLane("test lane", post));
        const int Count = 500;
        var works = Enumerable.Range(0, Count).Select(_ => new NotingWork()).ToArray();
        foreach (NotingWork work in works)
        {
            counted.Submit(work);
        }

        loop.Start(_replica);
        int[] threads = await Patience.ForAsync(Task.WhenAll(works.Select(work => work.CompletedOn.Task)));
        threads.Distinct().Count().ShouldBe(1);
        threads[0].ShouldNotBe(works[0].SteppedOn);
        lane!.Stop(Patience.Limit).ShouldBeTrue();
    }

    [Fact]
    public async Task Stopping_answers_what_waits_and_ends_only_after_the_last_completion()
    {
        ReplicaLoop loop = CreateLoop(new InboxLimits(), NoTicks);
        WorkLane? lane = null;
        IWorkLane counted = loop.Lane(post => lane = new WorkLane("test lane", post));
        loop.Start(_replica);
        using var mayEnd = new ManualResetEventSlim();
        var work = new NotingWork { MayEnd = mayEnd };
        counted.Submit(work);
        AwaitedProposal proposal = AwaitedProposal.Create([], Patience.Limit);
        loop.Propose(proposal);
        await Patience.UntilAsync(() => _replica.Count("propose") == 1, "the proposal is in");
        loop.Stop(TimeSpan.Zero).ShouldBeFalse();
        (await Patience.ForAsync(proposal.Outcome)).Status.ShouldBe(ProposalStatus.Stopping);
        work.CompletedOn.Task.IsCompleted.ShouldBeFalse();
        mayEnd.Set();
        loop.Stop(Patience.Limit).ShouldBeTrue();
        work.CompletedOn.Task.IsCompleted.ShouldBeTrue();
        lane!.Stop(Patience.Limit).ShouldBeTrue();
        AwaitedProposal late = AwaitedProposal.Create([], Patience.Limit);
        loop.Propose(late);
        (await Patience.ForAsync(late.Outcome)).Status.ShouldBe(ProposalStatus.Stopping);
        await loop.PostAsync(2, PeerEnd.Frame("late"), CancellationToken.None);
    }

    [Fact]
    public async Task A_completion_that_came_together_with_the_stop_is_still_taken()
    {
        _replica.PumpMayPass.Reset();
        ReplicaLoop loop = CreateLoop(new InboxLimits(), NoTicks);
        WorkLane? lane = null;
        IWorkLane counted = loop.Lane(post => lane = new WorkLane("test lane", post));
        loop.Start(_replica);
        await Patience.UntilAsync(() => _replica.Count("pump") == 1, "it is in the first pump");
        var work = new NotingWork();
        counted.Submit(work);
        lane!.Stop(Patience.Limit).ShouldBeTrue(); // and so the completion is posted
        loop.Stop(TimeSpan.Zero).ShouldBeFalse();
        _replica.PumpMayPass.Set();
        loop.Stop(Patience.Limit).ShouldBeTrue();
        work.CompletedOn.Task.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task A_replica_that_throws_is_reported_and_nobody_is_left_waiting()
    {
        ReplicaLoop loop = await StartHeldAsync();
        AwaitedProposal proposal = AwaitedProposal.Create([], Patience.Limit);
        loop.Propose(proposal);
        var transfer = new TaskCompletionSource<TransferOutcome>();
        loop.TransferLeadership(new MemberId(2), transfer.SetResult);
        _replica.ThrowOnPump = new InvalidOperationException("a bug");
        _replica.PumpMayPass.Set();
        (await Patience.ForAsync(proposal.Outcome)).Status.ShouldBe(ProposalStatus.Stopping);
        (await Patience.ForAsync(transfer.Task)).ShouldBe(TransferOutcome.Stopping);
        loop.Stop(Patience.Limit).ShouldBeTrue();
        _crashes.ShouldHaveSingleItem().Message.ShouldBe("a bug");
        AwaitedProposal late = AwaitedProposal.Create([], Patience.Limit);
        loop.Propose(late);
        (await Patience.ForAsync(late.Outcome)).Status.ShouldBe(ProposalStatus.Stopping);
        TransferOutcome? lateTransfer = null;
        loop.TransferLeadership(new MemberId(2), outcome => lateTransfer = outcome);
        lateTransfer.ShouldBe(TransferOutcome.Stopping);
    }

    [Fact]
    public void After_a_stall_only_a_few_ticks_are_made_up_for()
    {
        TimeSpan interval = TimeSpan.FromMilliseconds(10);
        var ticks = new TickSchedule(interval, TimeSpan.Zero);
        ticks.TakeDue(TimeSpan.FromMilliseconds(9)).ShouldBe(0);
        ticks.UntilNext(TimeSpan.FromMilliseconds(9)).ShouldBe(TimeSpan.FromMilliseconds(1));
        ticks.TakeDue(TimeSpan.FromMilliseconds(10)).ShouldBe(1);
        ticks.TakeDue(TimeSpan.FromMilliseconds(31)).ShouldBe(2);
        ticks.TakeDue(TimeSpan.FromSeconds(60)).ShouldBe(TickSchedule.CatchUpTicksMax);
        ticks.TakeDue(TimeSpan.FromSeconds(60)).ShouldBe(0);
        ticks.UntilNext(TimeSpan.FromSeconds(60)).ShouldBe(interval);
    }

    private ReplicaLoop CreateLoop(InboxLimits limits, TimeSpan tickInterval)
    {
        var loop = new ReplicaLoop("test loop", new SystemClock(), tickInterval, limits, () => { }, _crashes.Add);
        _loops.Add(loop);
        return loop;
    }

    /// <summary>Returns by which thread.</summary>
    private static int ProposeOnOneThread(ReplicaLoop loop)
    {
        loop.Propose(AwaitedProposal.Create([], Patience.Limit));
        return Environment.CurrentManagedThreadId;
    }

    private ReplicaLoop Start(InboxLimits? limits = null, TimeSpan? tickInterval = null)
    {
        ReplicaLoop loop = CreateLoop(limits ?? new InboxLimits(), tickInterval ?? NoTicks);
        loop.Start(_replica);
        return loop;
    }

    /// <summary>A loop whose thread is inside a pump, so that whatever is posted waits.</summary>
    private async Task<ReplicaLoop> StartHeldAsync(InboxLimits? limits = null)
    {
        _replica.PumpMayPass.Reset();
        ReplicaLoop loop = Start(limits);
        await Patience.UntilAsync(() => _replica.Count("pump") == 1, "it is in the first pump");
        return loop;
    }
}
