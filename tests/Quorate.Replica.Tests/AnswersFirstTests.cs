using Quorate.Io;
using Quorate.Raft;
using Quorate.Replica.Tests.World;
using Quorate.Simulation;
using Quorate.Simulation.Processes;
using Quorate.Storage;

namespace Quorate.Replica.Tests;

/// <summary>In which order a leader sends and answers: those who wait come first.</summary>
public class AnswersFirstTests
{
    private static readonly Configuration s_members = new([new MemberId(1), new MemberId(2), new MemberId(3)]);

    private readonly List<string> _notes = [];

    [Fact]
    public void Entries_leave_before_the_flush_and_the_answer_before_followers_are_told_of_the_commit()
    {
        SimulatedWorld world = new(1, new SimulatedWorldOptions { Members = 3 }, Open);
        world.StartAll();
        world.RunFor(TimeSpan.FromSeconds(10));
        SimulatedMember leader = world.Members.Single(member => Node(member).Status.Role == Role.Leader);
        var write = new TestWrite(1, TimeSpan.FromSeconds(10)) { Then = _ => _notes.Add("answered") };

        _notes.Clear();
        leader.OnLoop(() => Node(leader).Propose(write));
        for (int i = 0; i < 1000 && _notes.Count < 4; i++)
        {
            world.RunFor(TimeSpan.FromMicroseconds(50));
        }

        _notes[..4].ShouldBe([$"{leader.Id} sends", $"{leader.Id} writes", "answered", $"{leader.Id} sends"]);
        write.Status.ShouldBe(ProposalStatus.Applied);
    }

    private static ReplicaNode Node(SimulatedMember member) => member.Replica!;

    private ReplicaProcess Open(SimulatedMember member, IWorld world)
    {
        var options = new ReplicaOptions { Id = member.Id, ClusterId = 7, InitialConfiguration = s_members, Storage = new StorageOptions { SegmentBytes = 64 << 10 } };
        return new ReplicaProcess(ReplicaNode.Open(options, new NotingWorld(this, member, world), new ListMachine(new StateLedger(), member.Id.Value)));
    }

    private void Note(SimulatedMember member, string what)
    {
        // Of the followers nobody asks.
        if (member.Replica is { } replica && replica.Status.Role == Role.Leader)
        {
            _notes.Add($"{member.Id} {what}");
        }
    }

    /// <summary>Frames leave when they are flushed, not before.</summary>
    private sealed class NotingWorld(AnswersFirstTests test, SimulatedMember member, IWorld inner) : IWorld, IPeerNetwork, IWorkLane
    {
        private readonly Queue<(ulong Peer, FrameBuffer Frame)> _queued = [];

        public IClock Clock => inner.Clock;

        public IDisk Disk => inner.Disk;

        public IPeerNetwork Network => this;

        public IWorkLane LogLane => this;

        public IWorkLane BackgroundLane => inner.BackgroundLane;

        public ulong Seed => inner.Seed;

        public void Send(ulong peer, FrameBuffer frame) => _queued.Enqueue((peer, frame));

        public void Flush()
        {
            if (_queued.Count > 0)
            {
                test.Note(member, "sends");
            }

            while (_queued.TryDequeue(out (ulong Peer, FrameBuffer Frame) next))
            {
                inner.Network.Send(next.Peer, next.Frame);
            }
        }

        public void Submit(IWork work)
        {
            test.Note(member, "writes");
            inner.LogLane.Submit(work);
        }
    }
}
