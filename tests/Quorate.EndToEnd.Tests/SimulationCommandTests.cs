using System.Text.Json;
using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.EndToEnd.Tests;

/// <summary>The program's own simulated world, as the README says it.</summary>
public sealed class SimulationCommandTests
{
    [Fact]
    public async Task One_seed_runs_and_goes_the_same_way_again()
    {
        string once = await RunAsync("--seed", "1", "--duration", "5s");
        string again = await RunAsync("--seed", "1", "--duration", "5s");

        Hash(again).ShouldBe(Hash(once));
    }

    [Fact]
    public async Task An_unknown_family_of_faults_is_refused_with_those_that_exist()
    {
        ProgramResult result = await Programs.RunAsync(Programs.Quorate, ["sim", "--faults", "gremlins"]);

        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain("gremlins");
        result.Error.ShouldContain("power-loss-in-write");
    }

    private static async Task<string> RunAsync(params string[] arguments)
    {
        ProgramResult result = await Programs.RunAsync(Programs.Quorate, ["sim", .. arguments, "--output", "json"]);
        result.ExitCode.ShouldBe(0, result.Error);
        return result.Output;
    }

    private static string? Hash(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("trace_hash").GetString();
    }
}
