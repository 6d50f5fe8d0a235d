using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.EndToEnd.Tests;

/// <summary>A cluster of which only one member of three runs says what it lacks, and what has become of a request.</summary>
public sealed class NoLeaderTests : IAsyncLifetime
{
    private ClusterProcesses _cluster = null!;

    private MemberProcess Member => _cluster.Members[0];

    public async Task InitializeAsync() => _cluster = await ClusterProcesses.StartMinorityAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Theory]
    [InlineData("put", "k", "v")]
    [InlineData("get", "k")]
    [InlineData("lease", "grant", "60")]
    [InlineData("lease", "revoke", "1234")]
    public async Task An_operation_says_that_there_is_no_leader_and_that_nothing_was_done(params string[] command)
    {
        ProgramResult refused = await Programs.RunAsync(
            Programs.Quorate, [.. command, "--endpoints", _cluster.Endpoints, "--timeout", "4"]);

        refused.ExitCode.ShouldBe(5, refused.Error);
        refused.Error.ShouldContain($"the member at {Member.Endpoint} knows no leader; nothing was done");
        refused.Error.ShouldContain("'quorate status'");
    }
}
