using Quorate.Server.Hosting;
using Quorate.Server.Tests.Http;

namespace Quorate.Server.Tests.Hosting;

public sealed class ServerLimitsTests
{
    [Fact]
    public async Task A_connection_whose_client_answers_no_ping_is_ended()
    {
        await using KestrelInMemory kestrel = await KestrelInMemory.StartAsync(limits =>
        {
            ServerLimits.Apply(limits);
            limits.Http2.KeepAlivePingDelay = Sooner(limits.Http2.KeepAlivePingDelay, than: TimeSpan.FromMinutes(1));
            limits.Http2.KeepAlivePingTimeout = Sooner(limits.Http2.KeepAlivePingTimeout, than: TimeSpan.FromMinutes(1));
        });
        Http2TestConnection client = kestrel.Connect();
        await client.OpenAsync();

        // It reads, but its answer never comes: as of a machine that has vanished.
        bool wasAsked = false;
        byte[] frame;
        do
        {
            frame = (await client.ReadFrameAsync().WaitAsync(TimeSpan.FromMinutes(1))).ShouldNotBeNull();
            wasAsked |= frame[3] == Http2Bytes.Ping;
        }
        while (frame[3] != Http2Bytes.GoAway);
        wasAsked.ShouldBeTrue();
    }

    /// <summary>The shortest that Kestrel knows, for a time that is set at all.</summary>
    private static TimeSpan Sooner(TimeSpan set, TimeSpan than)
    {
        set.ShouldBeLessThan(than);
        return TimeSpan.FromSeconds(1);
    }
}
