using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Tests.Support;
using Quorate.Raft;
using Quorate.Replica;
using static Quorate.Etcd.Tests.Support.Ask;

namespace Quorate.Etcd.Tests;

public class StateMachineTests
{
    private readonly EtcdStateMachine state = new();

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("050A0161")]
    [InlineData("3F")]
    [InlineData("FF00")]
    public void A_kind_of_command_that_is_not_known_stops_the_member(string hex)
    {
        UnknownCommandException exception = Should.Throw<UnknownCommandException>(() => Apply(5, Convert.FromHexString(hex)));
        exception.Index.ShouldBe(5);
        state.AppliedIndex.ShouldBe(0, "a newer program is to apply it");
    }

    [Fact]
    public void Bytes_that_are_no_request_of_their_kind_stop_the_member_or_are_applied_and_never_do_a_part()
    {
        SeededRandom random = new(11);
        int stopped = 0;
        for (int i = 0; i < 3000; i++)
        {
            byte[] command = Garbage(random);
            byte[] before = EtcdWorld.SnapshotBytes(state);
            try
            {
                Apply(state.AppliedIndex + 1, command);
            }
            catch (UnknownCommandException)
            {
                stopped++;
                EtcdWorld.SnapshotBytes(state).ShouldBe(before);
            }
        }

        stopped.ShouldBeInRange(100, 2999);
    }

    [Fact]
    public void Requests_that_no_front_lets_through_are_answered_with_an_error_by_every_member()
    {
        Apply(1, Command(1, new PutRequest())).ShouldBe(EtcdError.EmptyKey);
        Apply(2, Command(1, new PutRequest { Key = Bytes("a"), Value = Bytes("1"), IgnoreValue = true })).ShouldBe(EtcdError.ValueProvided);
        Apply(3, Command(2, new DeleteRangeRequest())).ShouldBe(EtcdError.EmptyKey);
        Apply(4, Command(3, Then(Op(Put("a", "1")), Op(new PutRequest())))).ShouldBe(EtcdError.EmptyKey);
        Apply(5, Command(3, Then(Op(Put("a", "1")), Op(new RangeRequest { Key = Bytes("a"), SortOrder = (RangeRequest.Types.SortOrder)9 }))))
            .ShouldBe(EtcdError.InvalidSortOption);
        Apply(6, Command(4, new CompactionRequest { Revision = long.MaxValue })).ShouldBe(EtcdError.FutureRevision);
        Apply(7, Command(4, new CompactionRequest { Revision = long.MinValue })).ShouldBe(EtcdError.Compacted);
        state.Current.Revision.ShouldBe(1);
    }

    [Fact]
    public void An_index_is_applied_once()
    {
        Apply(5, Command(1, Put("a", "1")));
        Should.Throw<InvalidOperationException>(() => Apply(5, Command(1, Put("a", "2"))));
        Should.Throw<InvalidOperationException>(() => Apply(4, Command(1, Put("a", "2"))));
        Apply(9, Command(1, Put("a", "2")));
        state.AppliedIndex.ShouldBe(9);
    }

    [Fact]
    public void A_result_that_nobody_wants_is_not_built_and_the_state_is_the_same()
    {
        EtcdStateMachine other = new();
        SeededRandom random = new(5);
        for (int index = 1; index <= 500; index++)
        {
            byte[] command = RandomRequests.Command(random, state.Current.Revision);
            Apply(index, command).ShouldNotBeNull();
            other.Apply(new AppliedCommand(1, index, command, ResultWanted: false)).ShouldBeNull();
        }

        EtcdWorld.SnapshotBytes(other).ShouldBe(EtcdWorld.SnapshotBytes(state));
    }

    [Fact]
    public void A_snapshot_brings_another_member_to_the_same_state_from_which_it_goes_on_alike()
    {
        SeededRandom random = new(8);
        for (int index = 1; index <= 300; index++)
        {
            Apply(index, RandomRequests.Command(random, state.Current.Revision));
        }

        Apply(301, Command(64, new Member { ID = 3, Name = "three", ClientURLs = { "http://three:2379" } }));
        byte[] snapshot = EtcdWorld.SnapshotBytes(state);
        EtcdStateMachine other = new();
        other.Apply(new AppliedCommand(1, 1, Command(1, Put("to be replaced", "")), ResultWanted: false));
        other.LoadSnapshot(new MemoryStream(snapshot));

        other.AppliedIndex.ShouldBe(301);
        EtcdWorld.SnapshotBytes(other).ShouldBe(snapshot);
        for (int index = 302; index <= 500; index++)
        {
            byte[] command = RandomRequests.Command(random, state.Current.Revision);
            object? result = other.Apply(new AppliedCommand(1, index, command, ResultWanted: true));
            result.ShouldBe(Apply(index, command));
        }

        EtcdWorld.SnapshotBytes(other).ShouldBe(EtcdWorld.SnapshotBytes(state));
    }

    [Fact]
    public void A_snapshot_is_of_the_moment_it_was_taken()
    {
        Apply(1, Command(1, Put("a", "1")));
        byte[] expected = EtcdWorld.SnapshotBytes(state);
        using IStateMachineSnapshot snapshot = state.TakeSnapshot();
        Apply(2, Command(1, Put("a", "2")));
        Apply(3, Command(64, new Member { ID = 3, Name = "three" }));

        snapshot.Write().SelectMany(piece => piece.ToArray()).ToArray().ShouldBe(expected);
    }

    [Fact]
    public void A_snapshot_begins_with_the_bytes_that_its_layout_draws()
    {
        Apply(258, Command(64, new Member { ID = 3, Name = "n", ClientURLs = { "u" } }));
        Convert.ToHexString(EtcdWorld.SnapshotBytes(state).AsSpan(0, 33)).ShouldBe(
            "51455443" + "0200" + "0000" + "0201000000000000" + "0D000000" + "01" + "08000000" + "0803" + "12016E" + "220175");
    }

    [Fact]
    public void A_snapshot_that_this_version_does_not_read_is_refused_and_changes_nothing()
    {
        Apply(1, Command(1, Put("a", "1")));
        Apply(2, Command(64, new Member { ID = 3, Name = "three" }));
        byte[] good = EtcdWorld.SnapshotBytes(state);
        for (int length = 0; length < good.Length; length++)
        {
            Should.Throw<InvalidDataException>(() => state.LoadSnapshot(new MemoryStream(good[..length])));
        }

        foreach (int position in new[] { 0, 4, 6, 15, 19, 20, 24 })
        {
            byte[] damaged = [.. good];
            damaged[position] ^= 0x80;
            Should.Throw<InvalidDataException>(() => state.LoadSnapshot(new MemoryStream(damaged)));
        }

        EtcdWorld.SnapshotBytes(state).ShouldBe(good);
    }

    private static byte[] Garbage(SeededRandom random)
    {
        byte[] command = random.Next(2) == 0 ? new byte[random.Next(40)] : RandomRequests.Command(random, 3);
        for (int i = random.Next(4); i >= 0 && command.Length > 0; i--)
        {
            command[random.Next(command.Length)] = (byte)random.Next(256);
        }

        return command;
    }

    private static byte[] Command(byte kind, IMessage request) => [kind, .. request.ToByteArray()];

    private object? Apply(long index, byte[] command)
    {
        object? result = state.Apply(new AppliedCommand(1, index, command, ResultWanted: true));
        state.BatchApplied();
        return result;
    }
}
