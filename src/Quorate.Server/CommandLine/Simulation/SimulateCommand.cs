using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using System.Security.Cryptography;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Runs;

namespace Quorate.Server.CommandLine.Simulation;

/// <summary><c>quorate sim</c>: whole clusters on virtual time, from one seed, under faults. One run, or a hunt through many seeds.</summary>
internal sealed class SimulateCommand
{
    private readonly SimulationRunner _run;
    private readonly Func<OutputFormat, SimulationConsole> _console;

    private readonly Option<ulong?> _seed = new("--seed") { Description = "Run this seed once. Without, and without --hours or --seeds: a fresh one.", HelpName = "N" };
    private readonly Option<HuntedAlgorithm?> _algorithm = new("--algorithm") { Description = $"raft, paxos, or in a hunt both: one seed in {HuntOptions.PaxosInterval} is then of Paxos. Without: raft; in a hunt both.", HelpName = "NAME" };
    private readonly Option<int?> _members = new("--members") { Description = "Members, 1 to 9. Without: drawn from the seed.", HelpName = "N" };
    private readonly Option<string?> _faults = new("--faults") { Description = "Families of faults, separated by commas; none; or all. Without: drawn from the seed. 'quorate sim faults' lists them.", HelpName = "A,B" };
    private readonly Option<string> _duration = new("--duration") { Description = "Virtual time with faults: 60s, 5m, 1h.", HelpName = "TIME", DefaultValueFactory = _ => "60s" };
    private readonly Option<int> _clients = new("--clients") { Description = "Clients, 1 to 100.", HelpName = "N", DefaultValueFactory = _ => 5 };
    private readonly Option<long?> _strikes = new("--strikes") { Description = "Strikes of faults after which there are no more.", HelpName = "N" };
    private readonly Option<string?> _trace = new("--trace") { Description = "Write down everything that happens (docs/simulation.md).", HelpName = "FILE" };
    private readonly Option<double?> _hours = new("--hours") { Description = "Hunt: run one seed after the other for so long.", HelpName = "HOURS" };
    private readonly Option<long?> _seeds = new("--seeds") { Description = "Hunt: run so many seeds.", HelpName = "N" };
    private readonly Option<ulong?> _firstSeed = new("--first-seed") { Description = "Hunt: the first seed. Without: a fresh one.", HelpName = "N" };
    private readonly Option<int> _jobs = new("--jobs") { Description = "Hunt: runs at a time, 1 to 256.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _failuresMax = new("--failures-max") { Description = "Hunt: failures after which it ends.", HelpName = "N", DefaultValueFactory = _ => 10 };
    private readonly Option<int> _shrinkAttempts = new("--shrink-attempts") { Description = "Most runs to try to make a failing one smaller.", HelpName = "N", DefaultValueFactory = _ => Shrinker.AttemptsMaxDefault };
    private readonly Option<OutputFormat> _output = new("--output", "-o") { Description = "text for people, json for scripts.", DefaultValueFactory = _ => OutputFormat.Text };

    private SimulateCommand(SimulationRunner run, Func<OutputFormat, SimulationConsole> console)
    {
        _run = run;
        _console = console;
    }

    public static Command Create() => Create(static (which, trace) => which.Run(trace), SimulationConsole.Create);

    /// <summary>With another way to run, and to tell.</summary>
    public static Command Create(SimulationRunner run, Func<OutputFormat, SimulationConsole> console)
    {
        var options = new SimulateCommand(run, console);
        var command = new Command(
            "sim",
            "Run whole clusters on virtual time, from one seed, under faults: exit code 1 when something that must hold does not.");
        foreach (Option option in (Option[])
        [
            options._seed, options._algorithm, options._members, options._faults, options._duration, options._clients, options._strikes, options._trace, options._hours,
            options._seeds, options._firstSeed, options._jobs, options._failuresMax, options._shrinkAttempts, options._output,
        ])
        {
            command.Add(option);
        }

        command.Add(FaultFamiliesCommand.Create(console));
        command.Add(CompareCommand.Create(console));
        command.Add(MutantsCommand.Create());
        command.SetAction(options.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        try
        {
            bool isHunt = result.GetValue(_hours) is not null || result.GetValue(_seeds) is not null;
            Check(result, isHunt);
            ulong seed = result.GetValue(_seed) ?? result.GetValue(_firstSeed) ?? FreshSeed();
            string? faultsText = result.GetValue(_faults);
            ImmutableArray<FaultFamily>? faults = faultsText is null ? null : SimulationArguments.Faults(faultsText);
            HuntedAlgorithm algorithm = SimulationAlgorithms.Choose(result.GetValue(_algorithm), isHunt, faultsText, faults);
            Require(algorithm != HuntedAlgorithm.Paxos || result.GetResult(_clients) is null or { Implicit: true }, "--clients is for Raft");
            var template = new SimulationCase
            {
                Seed = seed,
                Members = result.GetValue(_members),
                Faults = faults,
                Duration = SimulationArguments.Duration(result.GetValue(_duration)!),
                Clients = result.GetValue(_clients),
                StrikesMax = result.GetValue(_strikes),
            };
            SimulationConsole console = _console(result.GetValue(_output));
            var investigator = new FailureInvestigator(_run, result.GetValue(_shrinkAttempts));
            var hunted = new HuntOptions { Template = template, FirstSeed = seed, Jobs = result.GetValue(_jobs), Algorithm = algorithm };
            return isHunt
                ? await HuntAsync(result, hunted, investigator, console, cancellationToken)
                : RunOnce(result, hunted.CaseOf(seed), investigator, console, cancellationToken);
        }
        catch (FormatException e)
        {
            return Terminal.Fail(ExitCode.Usage, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Terminal.Fail(ExitCode.Usage, $"the trace cannot be written: {e.Message}");
        }
    }

    private int RunOnce(
        ParseResult parsed, SimulationCase which, FailureInvestigator investigator, SimulationConsole console, CancellationToken cancellationToken)
    {
        string? traceFile = parsed.GetValue(_trace);
        var clock = Stopwatch.StartNew();
        SimulationResult result = traceFile is null ? _run(which, null) : FailureInvestigator.Write(traceFile, stream => _run(which, stream));
        clock.Stop();
        bool isText = parsed.GetValue(_output) == OutputFormat.Text;
        if (isText)
        {
            console.Rows(SimulationText.Run(result, clock.Elapsed));
        }

        FailureReport? failure = null;
        if (result.Violation is not null)
        {
            console.Progress.WriteLine($"replay it: {which.AsDrawn(result).Command}");
            failure = investigator.Investigate(
                which,
                result,
                $"quorate-{which.Seed}.trace.ndjson",
                attempt => console.Progress.WriteLine($"attempt {attempt.Number}: {(attempt.Failed ? "fails too" : "does not fail so")}: {attempt.Case.Command}"),
                cancellationToken);
        }

        if (!isText)
        {
            JsonLine(console, json => SimulationJson.Run(json, result, clock.Elapsed, failure));
        }
        else if (failure is not null)
        {
            WriteLines(console, failure);
        }

        return failure is null ? ExitCode.Success : ExitCode.Failed;
    }

    private async Task<int> HuntAsync(
        ParseResult parsed, HuntOptions hunted, FailureInvestigator investigator, SimulationConsole console, CancellationToken cancellationToken)
    {
        console.Progress.WriteLine($"first seed: {hunted.FirstSeed}");
        var hunt = new Hunt(
            hunted with
            {
                WallTime = parsed.GetValue(_hours) is { } hours ? TimeSpan.FromHours(hours) : null,
                SeedsMax = parsed.GetValue(_seeds),
                FailuresMax = parsed.GetValue(_failuresMax),
            },
            _run,
            investigator,
            console);
        await hunt.RunAsync(cancellationToken);
        if (parsed.GetValue(_output) == OutputFormat.Json)
        {
            JsonLine(console, json => SimulationJson.Hunt(json, hunt.Totals, hunt.WallTime, hunt.Failures));
        }
        else
        {
            if (console.Terminal is null)
            {
                console.Rows(SimulationText.Hunt(hunt.Totals, hunt.WallTime));
            }

            foreach (FailureReport failure in hunt.Failures)
            {
                WriteLines(console, failure);
            }
        }

        return hunt.Totals.Failures == 0 ? ExitCode.Success : ExitCode.Failed;
    }

    private void Check(ParseResult result, bool isHunt)
    {
        Require(!isHunt || result.GetValue(_seed) is null, "--seed is for one run; a hunt takes --first-seed");
        Require(!isHunt || result.GetValue(_trace) is null, "--trace is for one run; a hunt writes a trace of each failure");
        Require(isHunt || result.GetValue(_firstSeed) is null, "--first-seed is for a hunt; one run takes --seed");
        Require(result.GetValue(_members) is null or (>= 1 and <= 9), "--members must be from 1 to 9");
        Require(result.GetValue(_clients) is >= 1 and <= 100, "--clients must be from 1 to 100");
        Require(result.GetValue(_strikes) is null or >= 0, "--strikes must be 0 or more");
        Require(result.GetValue(_hours) is null or (> 0 and <= 10_000), "--hours must be more than 0 and at most 10000");
        Require(result.GetValue(_seeds) is null or >= 1, "--seeds must be 1 or more");
        Require(result.GetValue(_jobs) is >= 1 and <= 256, "--jobs must be from 1 to 256");
        Require(result.GetValue(_failuresMax) >= 1, "--failures-max must be 1 or more");
        Require(result.GetValue(_shrinkAttempts) >= 0, "--shrink-attempts must be 0 or more");
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new FormatException(otherwise);
        }
    }

    /// <summary>A start that nobody has had before, short enough to be read out and to be exact in any reader of JSON.</summary>
    private static ulong FreshSeed() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) >> 20;

    private static void WriteLines(SimulationConsole console, FailureReport failure)
    {
        foreach (string line in failure.Lines())
        {
            console.Output.WriteLine(line);
        }
    }

    private static void JsonLine(SimulationConsole console, Action<System.Text.Json.Utf8JsonWriter> write)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new System.Text.Json.Utf8JsonWriter(buffer, JsonText.Options))
        {
            write(json);
        }

        console.Output.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan));
    }
}
