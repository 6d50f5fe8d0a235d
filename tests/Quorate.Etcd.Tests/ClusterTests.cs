using Quorate.Etcd.Protocol;
using Quorate.Etcd.Tests.Support;
using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Etcd.Tests;

public class ClusterTests
{
    private readonly EtcdWorld world = new(new EtcdOptions
    {
        ClusterId = 42,
        Members =
        [
            new ClusterMember(new MemberId(9), "nine", ["http://nine:2380"]),
            new ClusterMember(new MemberId(7), "seven", ["http://seven:2380", "http://7:2380"]),
        ],
    });

    public ClusterTests()
    {
        world.Replica.Status = world.Replica.Status with
        {
            Configuration = new Configuration([new MemberId(9), new MemberId(7)], learners: [new MemberId(12)]),
        };
    }

    [Fact]
    public void Members_are_listed_as_configured_until_they_publish()
    {
        MemberListResponse response = List(new MemberListRequest());

        response.Header.ShouldBe(new ResponseHeader { ClusterId = 42, MemberId = 7, RaftTerm = 3 });
        response.Members.ShouldBe(
        [
            new Member { ID = 7, Name = "seven", PeerURLs = { "http://seven:2380", "http://7:2380" } },
            new Member { ID = 9, Name = "nine", PeerURLs = { "http://nine:2380" } },
            new Member { ID = 12, IsLearner = true },
        ]);
        world.Replica.Reads.ShouldBeEmpty();
    }

    [Fact]
    public void What_a_member_publishes_is_replicated_and_listed()
    {
        world.Front.Cluster.HasPublished("siete", ["http://seven:2379"]).ShouldBeFalse();
        Publish("first", "http://old:2379");
        Publish("siete", "http://seven:2379");

        world.Front.Cluster.HasPublished("siete", ["http://seven:2379"]).ShouldBeTrue();
        world.Front.Cluster.HasPublished("siete", ["http://other:2379"]).ShouldBeFalse();
        Member listed = List(new MemberListRequest()).Members[0];
        listed.Name.ShouldBe("siete");
        listed.ClientURLs.ShouldBe(["http://seven:2379"]);
        listed.PeerURLs.Count.ShouldBe(2);
        world.Revision.ShouldBe(1, "it is no change of a key");
    }

    [Fact]
    public void What_is_published_of_a_member_does_not_list_one_that_is_not_in_the_cluster()
    {
        Publish("seven", "http://seven:2379");
        world.Replica.Status = world.Replica.Status with { Configuration = new Configuration([new MemberId(9)]) };
        List(new MemberListRequest()).Members.Single().ID.ShouldBe(9ul);
    }

    [Fact]
    public void A_linearizable_list_asks_the_leader()
    {
        List(new MemberListRequest { Linearizable = true });
        world.Replica.Reads.ShouldBe([ReadConsistency.Linearizable]);
    }

    private MemberListResponse List(MemberListRequest request)
    {
        RecordingCall<MemberListResponse> call = new();
        world.Front.Cluster.MemberList(request, call);
        return EtcdWorld.Answer(call);
    }

    private void Publish(string name, string url)
    {
        RecordingCall<MemberListResponse> call = new();
        world.Front.Cluster.PublishAttributes(name, [url], call);
        EtcdWorld.Answer(call);
    }

    [Fact]
    public void Changes_of_membership_say_that_they_are_not_there_yet()
    {
        EtcdWorld world = new();
        RecordingCall<MemberAddResponse> add = new();
        world.Front.Cluster.MemberAdd(new MemberAddRequest(), add);
        RecordingCall<MemberRemoveResponse> remove = new();
        world.Front.Cluster.MemberRemove(new MemberRemoveRequest(), remove);
        RecordingCall<MemberUpdateResponse> update = new();
        world.Front.Cluster.MemberUpdate(new MemberUpdateRequest(), update);
        RecordingCall<MemberPromoteResponse> promote = new();
        world.Front.Cluster.MemberPromote(new MemberPromoteRequest(), promote);
        new[] { add.Error, remove.Error, update.Error, promote.Error }.ShouldAllBe(error => error == EtcdError.MembershipNotSupported);
    }
}
