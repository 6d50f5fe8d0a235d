using Quorate.Raft;

namespace Quorate.Runtime.Tests.Peers;

public class PeerTrafficTests
{
    [Fact]
    public void A_peer_is_connected_though_the_connection_to_its_old_place_ends_last()
    {
        var traffic = new PeerTraffic(new MemberId(1));
        traffic.IsConnected.ShouldBeFalse();
        traffic.Connected();
        traffic.Connected();
        traffic.Disconnected();
        traffic.IsConnected.ShouldBeTrue();
        traffic.Disconnected();
        traffic.IsConnected.ShouldBeFalse();
        traffic.Connects.ShouldBe(2);
    }
}
