using System.Net;
using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.EndToEnd.Tests;

/// <summary>A cluster of which only one member of three runs says what it lacks, and what has become of a request.</summary>
public sealed class NoLeaderTests : IAsyncLifetime
{
    private const int OutcomeUnknown = 4;

    /// <summary>On a very busy machine the member's word comes too late to be heard, and then the outcome rightly is not known.</summary>
    private const int AttemptsMax = 5;

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
        ProgramResult refused;
        int attempts = 0;
        do
        {
            refused = await Programs.RunAsync(Programs.Quorate, [.. command, "--endpoints", _cluster.Endpoints, "--timeout", "4"]);
        }
        while (refused.ExitCode == OutcomeUnknown && ++attempts < AttemptsMax);

        refused.ExitCode.ShouldBe(5, refused.Error);
        refused.Error.ShouldContain($"the member at {Member.Endpoint} knows no leader; nothing was done");
        refused.Error.ShouldContain("'quorate status'");
    }

    [Fact]
    public async Task Probes_hear_of_it_at_once_and_the_member_counts_as_alive()
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://{Member.Endpoint}") };

        // A read that waits for a leader in vain ends in another word for it.
        (await AskAsync("/health")).ShouldBe((HttpStatusCode.ServiceUnavailable, """{"health":"false","reason":"RAFT NO LEADER"}"""));
        (await AskAsync("/readyz")).ShouldBe((HttpStatusCode.ServiceUnavailable, "failed: RAFT NO LEADER\n"));
        (await AskAsync("/health?serializable=true")).Code.ShouldBe(HttpStatusCode.OK);
        (await AskAsync("/livez")).Code.ShouldBe(HttpStatusCode.OK);

        async Task<(HttpStatusCode Code, string Body)> AskAsync(string path)
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri(path, UriKind.Relative));
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
    }
}
