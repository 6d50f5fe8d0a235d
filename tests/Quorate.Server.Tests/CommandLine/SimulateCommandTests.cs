using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Quorate.Server.CommandLine;
using Quorate.Server.CommandLine.Simulation;
using Quorate.Simulation.Checking;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Runs;

namespace Quorate.Server.Tests.CommandLine;

/// <summary><c>quorate sim</c>: exit codes and what is said, with a runner that fails when it is told to.</summary>
public sealed class SimulateCommandTests
{
    [Fact]
    public async Task A_run_that_holds_says_what_happened_and_ends_with_0()
    {
        (int exitCode, string output, _) = await InvokeAsync("--seed", "5", "--members", "5", "--faults", "split,kill", "--strikes", "9");

        exitCode.ShouldBe(ExitCode.Success);
        output.ShouldContain("seed: 5\n");
        output.ShouldContain("members: 5\n");
        output.ShouldContain("faults: split (intensity 3), kill (intensity 3)\n");
        output.ShouldContain("strikes: split 9\n");
        output.ShouldContain("requests: 20, of which 10 succeeded\n");
        output.ShouldContain("verdict: every property held\n");
    }

    [Fact]
    public async Task A_run_with_a_violation_ends_with_1_says_how_to_replay_it_shrinks_it_and_writes_a_trace()
    {
        string trace = Path.Combine(Environment.CurrentDirectory, "quorate-66.trace.ndjson");
        try
        {
            (int exitCode, string output, string progress) = await InvokeAsync("--seed", "66", "--members", "3", "--faults", "split,loss");

            exitCode.ShouldBe(ExitCode.Failed);
            output.ShouldContain("verdict: liveness: nobody is elected\n");
            output.ShouldContain("replay it:    quorate sim --seed 66 --members 3 --faults split,loss --duration 60000ms --clients 5\n");
            output.ShouldContain("the smallest: quorate sim --seed 66 --members 1 --faults loss --duration 1000ms --clients 1 --strikes 0\n");
            output.ShouldContain("its trace:    quorate-66.trace.ndjson\n");
            progress.ShouldContain("attempt 1: ");
            File.ReadAllText(trace).ShouldBe("traced quorate sim --seed 66 --members 1 --faults loss --duration 1000ms --clients 1 --strikes 0");
        }
        finally
        {
            File.Delete(trace);
        }
    }

    [Theory]
    [InlineData("--faults", "split,gremlins")]
    [InlineData("--faults", ",")]
    [InlineData("--duration", "soon")]
    [InlineData("--duration", "0s")]
    [InlineData("--members", "0")]
    [InlineData("--members", "10")]
    [InlineData("--clients", "0")]
    [InlineData("--strikes", "-1")]
    [InlineData("--first-seed", "3")]
    [InlineData("--jobs", "0", "--seeds", "2")]
    [InlineData("--seeds", "2", "--seed", "1")]
    [InlineData("--hours", "0")]
    [InlineData("--seeds", "2", "--trace", "file")]
    [InlineData("--algorithm", "both")]
    [InlineData("--algorithm", "paxos", "--faults", "bit-rot")]
    [InlineData("--algorithm", "both", "--faults", "bit-rot", "--seeds", "2")]
    [InlineData("--algorithm", "paxos", "--clients", "3")]
    [InlineData("--trace", "no/such/folder/file")]
    public async Task Input_that_makes_no_sense_ends_with_2(params string[] arguments) =>
        (await InvokeAsync(arguments)).ExitCode.ShouldBe(ExitCode.Usage);

    [Fact]
    public void An_unknown_family_is_named_with_those_that_exist()
    {
        string message = Should.Throw<FormatException>(() => SimulationArguments.Faults("split,gremlins")).Message;

        message.ShouldContain("'gremlins'");
        FaultFamilies.All.ShouldAllBe(family => message.Contains(family.Name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("60s", 60)]
    [InlineData("1.5", 1.5)]
    [InlineData("250ms", 0.25)]
    [InlineData("5m", 300)]
    [InlineData("2h", 7200)]
    public void A_duration_has_a_unit(string text, double seconds) => SimulationArguments.Duration(text).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Fact]
    public async Task The_families_are_listed_with_their_effects()
    {
        (int exitCode, string output, _) = await InvokeAsync("faults");

        exitCode.ShouldBe(ExitCode.Success);
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(FaultFamilies.All.Select(family => $"{family.Name}: {family.Effect}"));
    }

    [Fact]
    public async Task A_script_reads_a_run_as_one_line_of_json()
    {
        (_, string output, _) = await InvokeAsync("--seed", "18446744073709551615", "--members", "3", "--faults", "none", "--output", "json");

        using JsonDocument json = JsonDocument.Parse(output);
        json.RootElement.GetProperty("seed").GetString().ShouldBe("18446744073709551615");
        json.RootElement.GetProperty("held").GetBoolean().ShouldBeTrue();
        json.RootElement.GetProperty("states").GetProperty("elections").GetInt64().ShouldBe(7);
    }

    [Fact]
    public async Task A_hunt_runs_the_seeds_from_the_first_on_and_adds_up_what_they_came_by()
    {
        (int exitCode, string output, string progress) = await InvokeAsync("--seeds", "20", "--first-seed", "100", "--jobs", "3", "--faults", "loss");

        exitCode.ShouldBe(ExitCode.Success);
        progress.ShouldContain("first seed: 100\n");
        output.ShouldContain("seeds run: 20, from 100 on\n");
        output.ShouldContain("of them Paxos: 2, 20 values decided\n");
        output.ShouldContain("elections 126,");
        output.ShouldContain("failures: 0\n");
    }

    [Theory]
    [InlineData(0, "--seeds", "20", "--faults", "loss,ambush-leader")]
    [InlineData(0, "--seeds", "20", "--faults", "loss", "--algorithm", "raft")]
    [InlineData(20, "--seeds", "20", "--faults", "loss", "--algorithm", "paxos")]
    [InlineData(2, "--seeds", "20", "--faults", "loss")]
    [InlineData(2, "--seeds", "20", "--faults", "all", "--algorithm", "both")]
    public async Task A_hunt_is_of_both_algorithms_unless_it_is_told_otherwise_or_the_faults_are_for_Raft(int ofPaxos, params string[] arguments)
    {
        List<SimulationCase> cases = [];
        await InvokeAsync(
            (which, trace) =>
            {
                cases.Add(which);
                return Run(which, trace);
            },
            CancellationToken.None,
            [.. arguments, "--first-seed", "100"]);

        // 104 and 112 are divisible by eight.
        cases.Count.ShouldBe(20);
        SimulationCase[] paxos = [.. cases.Where(which => which.Algorithm == SimulatedAlgorithm.Paxos)];
        paxos.Length.ShouldBe(ofPaxos);
        paxos.ShouldAllBe(which => which.Faults!.Value.All(family => PaxosRun.Families.Contains(family)));
    }

    [Fact]
    public async Task A_run_of_Paxos_fails_is_shrunk_and_replayed_as_one_of_Paxos()
    {
        try
        {
            (int exitCode, string output, _) = await InvokeAsync("--seed", "66", "--algorithm", "paxos", "--members", "3", "--faults", "split,loss");

            exitCode.ShouldBe(ExitCode.Failed);
            output.ShouldContain("algorithm: paxos\n");
            output.ShouldContain("replay it:    quorate sim --seed 66 --algorithm paxos --members 3 --faults split,loss --duration 60000ms\n");
            output.ShouldContain("the smallest: quorate sim --seed 66 --algorithm paxos --members 1 --faults loss --duration 1000ms --strikes 0\n");
        }
        finally
        {
            File.Delete(Path.Combine(Environment.CurrentDirectory, "quorate-66.trace.ndjson"));
        }
    }

    [Fact]
    public async Task A_hunt_says_how_many_seeds_came_by_each_state()
    {
        (_, string output, _) = await InvokeAsync("--seeds", "20", "--faults", "loss", "--algorithm", "raft");

        output.ShouldContain("seeds with each: elections 20, lost elections 0,");
        output.ShouldContain("of them Paxos: 0, 0 values decided\n");
    }

    [Fact]
    public async Task A_fresh_start_is_printed()
    {
        (_, _, string one) = await InvokeAsync("--seeds", "1", "--faults", "loss");
        (_, _, string other) = await InvokeAsync("--seeds", "1", "--faults", "loss");

        one.ShouldStartWith("first seed: ");
        other.ShouldNotBe(one);
    }

    [Fact]
    public async Task A_failing_seed_does_not_end_a_hunt_unless_there_are_failures_enough()
    {
        try
        {
            (int exitCode, string output, _) = await InvokeAsync("--seeds", "5", "--first-seed", "64", "--faults", "loss", "--output", "json");

            exitCode.ShouldBe(ExitCode.Failed);
            using JsonDocument json = JsonDocument.Parse(output);
            json.RootElement.GetProperty("seeds").GetInt64().ShouldBe(5);
            JsonElement failure = json.RootElement.GetProperty("failures")[0];
            failure.GetProperty("replay").GetString().ShouldBe("quorate sim --seed 66 --members 3 --faults loss --duration 60000ms --clients 5");
            failure.GetProperty("property").GetString().ShouldBe("liveness");

            (_, output, _) = await InvokeAsync("--seeds", "5", "--first-seed", "64", "--faults", "loss", "--failures-max", "1");
            output.ShouldContain("seeds run: 3, from 64 on\n");
        }
        finally
        {
            File.Delete(Path.Combine(Environment.CurrentDirectory, "quorate-66.trace.ndjson"));
        }
    }

    [Fact]
    public async Task A_hunt_that_is_told_to_stop_ends_its_runs_and_sums_up()
    {
        using var stop = new CancellationTokenSource();
        (int exitCode, string output, _) = await InvokeAsync(
            (which, trace) =>
            {
                if (which.Seed == 10)
                {
                    stop.Cancel();
                }

                return Run(which, trace);
            },
            stop.Token,
            "--hours", "100", "--first-seed", "1", "--faults", "loss");

        exitCode.ShouldBe(ExitCode.Success);
        output.ShouldContain("seeds run: 10, from 1 on\n");
    }

    private static Task<(int ExitCode, string Output, string Progress)> InvokeAsync(params string[] arguments) => InvokeAsync(Run, CancellationToken.None, arguments);

    private static async Task<(int ExitCode, string Output, string Progress)> InvokeAsync(SimulationRunner run, CancellationToken cancellationToken, params string[] arguments)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        using var progress = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        Command command = SimulateCommand.Create(run, _ => new SimulationConsole { Output = output, Progress = progress });
        int exitCode = await command.Parse(arguments).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, cancellationToken);
        return (exitCode, output.ToString(), progress.ToString());
    }

    /// <summary>Seed 66 fails, whatever it is made of, as long as there are faults.</summary>
    private static SimulationResult Run(SimulationCase which, Stream? trace)
    {
        trace?.Write(System.Text.Encoding.UTF8.GetBytes("traced " + which.Command));
        bool fails = which.Seed == 66 && which.Faults is { IsEmpty: false };
        return new SimulationResult
        {
            Seed = which.Seed,
            Algorithm = which.Algorithm,
            Members = which.Members ?? 3,
            Faults = [.. which.Faults!.Value.Select(family => (family, 3))],
            Violation = fails ? new PropertyViolatedException("liveness", "nobody is elected") : null,
            VirtualTime = which.Duration,
            Events = 1000,
            TraceHash = 1,
            Strikes = new Dictionary<string, long> { ["split"] = which.StrikesMax ?? 30 },
            Requests = 20,
            Succeeded = 10,
            Undecided = 0,
            Coverage = new SimulationCoverage { Elections = 7 },
        };
    }
}
