using System.Text;
using Quorate.Server.Http;

namespace Quorate.Server.Tests.Http;

/// <summary>What etcd's clients send as <c>:authority</c>, and what is made of it.</summary>
public sealed class RequestAuthorityTests
{
    [Theory]
    [InlineData("http://127.0.0.1:2379", "127.0.0.1:2379")]
    [InlineData("https://etcd.example:2379", "etcd.example:2379")]
    [InlineData("HTTP://a:1", "a:1")]
    [InlineData("http://[::1]:2379", "[::1]:2379")]
    [InlineData("http://a:1/", "a:1")]
    [InlineData("http://a:1/path/more", "a:1")]
    [InlineData("http:%2F%2Fa:1%2f", "a:1")]
    [InlineData("#initially=[127.0.0.1:2379]", "127.0.0.1:2379")]
    [InlineData("#initially=[https://example.com:2379]", "example.com:2379")]
    [InlineData("#initially=[http://[::1]:2379]", "[::1]:2379")]
    [InlineData("#initially=[http://a:1;http://b:2;c:3]", "a:1")]
    [InlineData("%23initially=[http:%2F%2Fa:1;http:%2F%2Fb:2]", "a:1")]
    public void Known_additions_go(string authority, string expected)
    {
        RequestAuthority.TryRepair(Encoding.ASCII.GetBytes(authority), out Range hostAndPort).ShouldBeTrue();
        authority[hostAndPort].ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1:2379")]
    [InlineData("[::1]:2379")]
    [InlineData("localhost")]
    [InlineData("http")]
    [InlineData("http:8080")]
    [InlineData("http://")]
    [InlineData("http:///path")]
    [InlineData("#initially=[")]
    [InlineData("#initially=[]")]
    [InlineData("#initially=[;a]")]
    [InlineData("ftp://a:1")]
    [InlineData("a b")]
    [InlineData("/var/run/socket")]
    public void All_else_is_left_to_Kestrel(string authority) =>
        RequestAuthority.TryRepair(Encoding.ASCII.GetBytes(authority), out _).ShouldBeFalse();
}
