using Quorate.Server.Hosting;

namespace Quorate.Server.Tests.Hosting;

public sealed class DescriptorLimitTests
{
    [Theory]
    [InlineData(null, 50_000)]
    [InlineData(1_000_000L, 50_000)]
    [InlineData(20_000L, 19_750)]
    [InlineData(1_024L, 774)]
    [InlineData(300L, 75)]
    [InlineData(2L, 1)]
    public void Clients_leave_some_descriptors_to_the_member(long? limit, int connections) =>
        DescriptorLimit.ConnectionsMax(limit).ShouldBe(connections);

    [Theory]
    [InlineData(100L)]
    [InlineData(299L)]
    public void A_limit_that_a_member_cannot_live_with_is_refused_with_what_would_do(long limit)
    {
        string refusal = DescriptorLimit.Refusal(limit).ShouldNotBeNull();

        refusal.ShouldContain($"no more than {limit} files and sockets");
        refusal.ShouldContain("ulimit -n 300");
    }

    [Theory]
    [InlineData(300L)]
    [InlineData(1_048_576L)]
    [InlineData(null)]
    public void Any_other_limit_is_none_to_refuse(long? limit) => DescriptorLimit.Refusal(limit).ShouldBeNull();

    [Fact]
    public void The_limit_of_a_process_is_known_where_there_is_one() =>
        (DescriptorLimit.Ask() ?? 1_000).ShouldBeInRange(100, int.MaxValue);
}
