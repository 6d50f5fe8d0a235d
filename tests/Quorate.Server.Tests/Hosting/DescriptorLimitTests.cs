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

    [Fact]
    public void The_limit_of_a_process_is_known_where_there_is_one() =>
        (DescriptorLimit.Ask() ?? 1_000).ShouldBeInRange(100, int.MaxValue);
}
