using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Tests.Support;
using Quorate.KeyValue;
using Quorate.Raft;
using Quorate.Replica;
using Quorate.Simulation;
using static Quorate.Etcd.Tests.Support.Ask;

namespace Quorate.Etcd.Tests;

/// <summary>Commands are applied in runs, each of which readers see as a whole and before any of its answers.</summary>
public class BatchTests
{
    [Fact]
    public void A_run_is_seen_at_its_end_while_each_command_in_it_sees_those_before()
    {
        EtcdStateMachine state = new();
        Apply(state, 1, Command(1, Put("a", "1"))).ShouldBeOfType<PutResponse>().Header.Revision.ShouldBe(2);
        PutRequest second = Put("a", "2");
        second.PrevKv = true;
        PutResponse answer = Apply(state, 2, Command(1, second)).ShouldBeOfType<PutResponse>();
        answer.Header.Revision.ShouldBe(3);
        answer.PrevKv.Value.ShouldBe(Bytes("1"));
        state.Current.Revision.ShouldBe(1);
        state.Current.Get("a"u8.ToArray()).ShouldBeNull();

        state.BatchApplied();
        state.Current.Revision.ShouldBe(3);
        state.Current.Get("a"u8.ToArray()).ShouldNotBeNull().Version.ShouldBe(2);
    }

    [Fact]
    public void Where_runs_end_and_when_garbage_is_collected_shows_neither_in_the_results_nor_in_the_state()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            SeededRandom random = new(seed);
            EtcdStateMachine single = new();
            EtcdStateMachine batched = new();
            for (int index = 1; index <= 400; index++)
            {
                byte[] command = RandomRequests.Command(random, single.Current.Revision);
                object? expected = Apply(single, index, command);
                single.BatchApplied();
                Apply(batched, index, command).ShouldBe(expected);
                if (random.Next(8) == 0)
                {
                    batched.BatchApplied();
                    batched.Current.Revision.ShouldBe(single.Current.Revision);
                    batched.Current.SizeBytes.ShouldBe(single.Current.SizeBytes);
                    while (random.Next(2) == 0 && batched.DoIdleWork())
                    {
                    }
                }
            }

            EtcdWorld.SnapshotBytes(batched).ShouldBe(EtcdWorld.SnapshotBytes(single));
            batched.Current.Revision.ShouldBe(single.Current.Revision, "a snapshot is of all that was applied");
        }
    }

    [Fact]
    public void A_read_between_two_commands_of_a_run_meets_a_state_that_was_there()
    {
        EtcdStateMachine state = new();
        Apply(state, 1, Command(3, Then(Op(Put("a", "1")), Op(Put("b", "1")))));
        state.BatchApplied();
        StoreVersion held = state.Current;
        Apply(state, 2, Command(3, Then(Op(Put("a", "2")), Op(Delete("b")))));
        state.Current.ShouldBeSameAs(held);
        held.Get("a"u8.ToArray()).ShouldNotBeNull().ModRevision.ShouldBe(2);
        held.KeyCount.ShouldBe(2);
    }

    [Fact]
    public void Idle_work_frees_what_a_compaction_dropped_and_changes_nothing_that_can_be_read()
    {
        EtcdStateMachine state = new();
        for (int index = 1; index <= 1_200; index++)
        {
            Apply(state, index, Command(1, Put($"{index % 7}", $"{index}")));
        }

        state.BatchApplied();
        state.DoIdleWork().ShouldBeFalse("nothing was compacted");
        Apply(state, 1_201, Command(4, new CompactionRequest { Revision = 1_100 }));
        state.BatchApplied();
        byte[] before = EtcdWorld.SnapshotBytes(state);
        int pieces = 1;
        while (state.DoIdleWork())
        {
            pieces++;
        }

        pieces.ShouldBe(3, "1,099 changes, 500 keys a piece");
        EtcdWorld.SnapshotBytes(state).ShouldBe(before);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_write_is_never_answered_before_its_value_can_be_read(ulong seed)
    {
        Dictionary<MemberId, EtcdStateMachine> states = [];
        SimulatedWorld world = new(seed, new SimulatedWorldOptions(), id => states[id] = new EtcdStateMachine());
        world.StartAll();
        world.RunUntil(() => world.Leader() is not null, TimeSpan.FromSeconds(30)).ShouldBeTrue();
        EtcdFront[] fronts = [.. world.Members.Select(member =>
            new EtcdFront(member.Replica!, states[member.Id], new EtcdOptions { ClusterId = 42 }))];
        List<SeenPut> puts = [];
        for (int i = 0; i < 600; i++)
        {
            int at = i % fronts.Length;
            SeenPut put = new(states[world.Members[at].Id], $"{i % 50}", $"{i}");
            puts.Add(put);
            world.Members[at].OnLoop(() => fronts[at].KeyValue.Put(Put(put.Key, put.Value), put));
            if (i % 40 == 0)
            {
                world.RunFor(TimeSpan.FromMilliseconds(1));
            }
        }

        world.RunUntil(() => puts.TrueForAll(put => put.HasEnded), TimeSpan.FromSeconds(30)).ShouldBeTrue();
        puts.Count(put => put.WasSeen).ShouldBe(puts.Count);
    }

    private static object? Apply(EtcdStateMachine state, long index, byte[] command) =>
        state.Apply(new AppliedCommand(1, index, command, ResultWanted: true));

    private static byte[] Command(byte kind, IMessage request) => [kind, .. request.ToByteArray()];

    /// <summary>A put that looks at the published state at the moment it is answered.</summary>
    private sealed class SeenPut(EtcdStateMachine state, string key, string value) : EtcdCall<PutResponse>
    {
        public string Key => key;

        public string Value => value;

        public bool HasEnded { get; private set; }

        public bool WasSeen { get; private set; }

        protected internal override void Succeeded(PutResponse response)
        {
            HasEnded = true;
            StoreVersion current = state.Current;
            KeyValueRecord? record = current.Get(Bytes(key).Memory, response.Header.Revision);
            WasSeen = current.Revision >= response.Header.Revision && record?.Value.Span.SequenceEqual(Bytes(value).Span) == true;
        }

        protected internal override void Failed(EtcdError error) => throw new InvalidOperationException(error.ToString());
    }
}
