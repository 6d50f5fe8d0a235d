using Quorate.Etcd.Protocol;
using Quorate.Etcd.Tests.Support;
using static Quorate.Etcd.Tests.Support.Ask;

namespace Quorate.Etcd.Tests;

public class CompactTests
{
    private readonly EtcdWorld world = new();

    public CompactTests()
    {
        world.Put("a", "1");
        world.Put("a", "2");
        world.Put("a", "3");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_overwritten_before_the_revision_is_gone_and_the_revision_itself_stays(bool physical)
    {
        world.Do(new CompactionRequest { Revision = 3, Physical = physical }).Header.Revision.ShouldBe(4);

        world.Call(At(2)).Error.ShouldBe(EtcdError.Compacted);
        world.Do(At(3)).Kvs.Single().Value.ShouldBe(Bytes("2"));
        world.ValueOf("a").ShouldBe("3");
    }

    [Fact]
    public void A_revision_is_compacted_once()
    {
        world.Do(new CompactionRequest { Revision = 3 });
        world.Call(new CompactionRequest { Revision = 3 }).Error.ShouldBe(EtcdError.Compacted);
        world.Call(new CompactionRequest { Revision = 2 }).Error.ShouldBe(EtcdError.Compacted);
    }

    [Fact]
    public void A_revision_that_is_not_reached_cannot_be_compacted() =>
        world.Call(new CompactionRequest { Revision = 5 }).Error.ShouldBe(EtcdError.FutureRevision);

    [Fact]
    public void Clearing_what_a_compaction_dropped_changes_nothing_that_can_be_seen()
    {
        for (int i = 0; i < 2000; i++)
        {
            world.Put($"k{i:D4}", "x");
        }

        world.Do(Delete("k", "l"));
        world.Do(new CompactionRequest { Revision = world.Revision });
        world.Put("a", "4");
        byte[] early = world.SnapshotBytes();
        for (int i = 0; i < 20; i++)
        {
            world.Do(Delete("absent"));
        }

        world.SnapshotBytes().Length.ShouldBe(early.Length);
    }

    private static RangeRequest At(long revision)
    {
        RangeRequest request = Get("a");
        request.Revision = revision;
        return request;
    }
}
