using Quorate.Etcd.Protocol;
using Quorate.Server.CommandLine;

namespace Quorate.Server.Tests.CommandLine;

public sealed class MemberChoiceTests
{
    private static readonly Member[] s_members =
    [
        Member(0xa1, "a", 2379),
        Member(0xb, "c", 2479),
        Member(0xc, "b", 2579),
        Member(0xd, "twin", 2679),
        Member(0xe, "twin", 2779),
        Member(0xf, string.Empty, 2879),
    ];

    [Theory]
    [InlineData("a", 0xa1)]
    [InlineData("b", 0xc)] // It is an id as well.
    [InlineData("a1", 0xa1)]
    [InlineData("A1", 0xa1)]
    [InlineData("00a1", 0xa1)]
    [InlineData("127.0.0.1:2479", 0xb)]
    [InlineData("http://127.0.0.1:2479/", 0xb)]
    [InlineData("127.0.0.1:2480", 0xb)] // For peers.
    [InlineData("d", 0xd)]
    public void A_member_is_meant_by_its_name_its_id_or_one_of_its_addresses(string text, ulong id) =>
        MemberChoice.Find(s_members, text).ShouldNotBeNull().ID.ShouldBe(id);

    [Theory]
    [InlineData("")]
    [InlineData("b1")]
    [InlineData("twin")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:1")]
    public void Nobody_is_meant_by_anything_else_or_by_what_two_have(string text) => MemberChoice.Find(s_members, text).ShouldBeNull();

    [Fact]
    public void Members_are_listed_by_name_and_id() =>
        MemberChoice.List(s_members.Take(2).Append(s_members[^1])).ShouldBe("a (a1), c (b), f");

    private static Member Member(ulong id, string name, int port) => new()
    {
        ID = id, Name = name, ClientURLs = { $"http://127.0.0.1:{port}" }, PeerURLs = { $"http://127.0.0.1:{port + 1}" },
    };
}
