using Quorate.Etcd.Protocol;
using Quorate.Etcd.Tests.Support;
using Quorate.Raft;
using Quorate.Replica;
using static Quorate.Etcd.Tests.Support.Ask;

namespace Quorate.Etcd.Tests;

public class RangeStreamTests
{
    private readonly EtcdWorld world = new();

    [Fact]
    public void The_parts_merged_are_what_a_range_answers()
    {
        SeededRandom random = new(3);
        Fill(60, 20_000);
        world.Put("k05", "changed");
        world.Do(Delete("k07"));
        for (int i = 0; i < 200; i++)
        {
            RangeRequest request = Get($"k{random.Next(60):00}", random.Next(3) == 0 ? "\0" : $"k{random.Next(70):00}");
            request.Limit = random.Next(3) == 0 ? random.Next(70) - 2 : 0;
            request.KeysOnly = random.Next(4) == 0;
            request.CountOnly = random.Next(6) == 0;
            request.Revision = random.Next(3) == 0 ? random.Next((int)world.Revision) + 1 : 0;
            request.SortOrder = random.Next(3) == 0 ? RangeRequest.Types.SortOrder.Ascend : RangeRequest.Types.SortOrder.None;

            Merge(Stream(request)).ShouldBe(world.Do(request.Clone()), $"{request}");
        }
    }

    [Fact]
    public void A_range_that_is_larger_than_a_part_comes_in_several_of_about_that_size()
    {
        Fill(40, 100_000);
        List<RangeStreamResponse> parts = [.. Stream(Get("k", "l"))];

        parts.Count.ShouldBe(7);
        parts.ShouldAllBe(part => part.CalculateSize() < 512 * 1024 + 200_000);
        parts.SkipLast(1).ShouldAllBe(part => part.RangeResponse.Header == null && part.RangeResponse.Count == 0);
        parts[^1].RangeResponse.Header.ShouldBe(new ResponseHeader { ClusterId = 42, MemberId = 7, RaftTerm = 3, Revision = 41 });
        parts[^1].RangeResponse.Count.ShouldBe(40);
    }

    [Fact]
    public void All_parts_are_of_one_revision_whatever_is_written_and_compacted_meanwhile()
    {
        Fill(40, 100_000);
        RangeResponse before = world.Do(Get("k", "l"));
        RangeResponse merged = new();
        foreach (RangeStreamResponse part in Stream(Get("k", "l")))
        {
            merged.MergeFrom(part.RangeResponse);
            world.Put("k39", "later");
            world.Do(Delete("k00", "k20"));
            world.Do(new CompactionRequest { Revision = world.Revision });
        }

        merged.ShouldBe(before);
    }

    [Fact]
    public void Without_a_key_in_the_range_there_is_one_part_that_says_so()
    {
        RangeStreamResponse part = Stream(Get("a", "b")).ShouldHaveSingleItem();
        part.RangeResponse.Count.ShouldBe(0);
        part.RangeResponse.Header.Revision.ShouldBe(1);
    }

    [Fact]
    public void What_etcds_stream_refuses_is_refused_in_its_words()
    {
        RangeRequest descending = Get("a", "b");
        descending.SortOrder = RangeRequest.Types.SortOrder.Descend;
        RangeRequest byVersion = Get("a", "b");
        (byVersion.SortOrder, byVersion.SortTarget) = (RangeRequest.Types.SortOrder.Ascend, RangeRequest.Types.SortTarget.Version);
        RangeRequest unsorted = Get("a", "b");
        unsorted.SortTarget = RangeRequest.Types.SortTarget.Version;
        RangeRequest filtered = Get("a", "b");
        filtered.MaxModRevision = 3;
        RangeRequest unknown = Get("a", "b");
        unknown.SortOrder = (RangeRequest.Types.SortOrder)8;

        Call(descending).Error.ShouldBe(EtcdError.StreamOfOtherOrder);
        Call(byVersion).Error.ShouldBe(EtcdError.StreamOfOtherOrder);
        Call(unsorted).Error.ShouldBeNull("without a direction the target says nothing");
        Call(filtered).Error.ShouldBe(EtcdError.StreamOfFilteredRange);
        Call(unknown).Error.ShouldBe(EtcdError.InvalidSortOption);
        Call(new RangeRequest()).Error.ShouldBe(EtcdError.EmptyKey);
        Call(new RangeRequest { Key = Bytes("a"), Revision = 99 }).Error.ShouldBe(EtcdError.FutureRevision);
    }

    [Fact]
    public void A_revision_that_is_gone_is_refused()
    {
        Fill(5, 10);
        world.Do(new CompactionRequest { Revision = 4 });
        Call(new RangeRequest { Key = Bytes("a"), Revision = 3 }).Error.ShouldBe(EtcdError.Compacted);
    }

    [Fact]
    public void It_is_linearizable_unless_it_asks_for_this_members_own_state()
    {
        Stream(Get("a"));
        Stream(new RangeRequest { Key = Bytes("a"), Serializable = true });
        world.Replica.Reads.ShouldBe([ReadConsistency.Linearizable, ReadConsistency.Local]);

        world.Replica.ReadOutcome = ReadOutcome.NoLeader;
        Call(Get("a")).Error.ShouldBe(EtcdError.NoLeader);
        world.Replica.Status = world.Replica.Status with { Configuration = new Configuration([new MemberId(1)], learners: [new MemberId(7)]) };
        Call(Get("a")).Error.ShouldBe(EtcdError.NotSupportedForLearner);
    }

    private static RangeResponse Merge(IEnumerable<RangeStreamResponse> parts)
    {
        RangeResponse merged = new();
        foreach (RangeStreamResponse part in parts)
        {
            merged.MergeFrom(part.RangeResponse);
        }

        return merged;
    }

    private void Fill(int keys, int valueBytes)
    {
        for (int i = 0; i < keys; i++)
        {
            world.Put($"k{i:00}", new string('v', valueBytes));
        }
    }

    private IEnumerable<RangeStreamResponse> Stream(RangeRequest request)
    {
        RecordingStream<RangeStreamResponse> call = Call(request);
        call.Error.ShouldBeNull();
        return call.Parts.ShouldNotBeNull();
    }

    private RecordingStream<RangeStreamResponse> Call(RangeRequest request)
    {
        RecordingStream<RangeStreamResponse> call = new();
        world.Front.KeyValue.RangeStream(request, call);
        return call;
    }
}
