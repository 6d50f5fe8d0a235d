using System.Diagnostics;
using Quorate.Simulation.Runs;
using Spectre.Console;

namespace Quorate.Server.CommandLine.Simulation;

/// <summary>
/// Runs one seed after the other, several at a time. Each run is on one thread and knows of no other; what they have in
/// common, the next seed and the totals, is behind a lock.
/// </summary>
internal sealed class Hunt
{
    private static readonly TimeSpan s_pictureInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_lineInterval = TimeSpan.FromSeconds(5);

    private readonly HuntOptions _options;
    private readonly SimulationRunner _run;
    private readonly FailureInvestigator _investigator;
    private readonly SimulationConsole _console;
    private readonly Lock _lock = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly HuntTotals _totals;
    private readonly List<FailureReport> _failures = [];
    private readonly SortedDictionary<ulong, ShrinkAttempt> _shrinking = [];
    private long _started;
    private int _failuresBegun;

    public Hunt(HuntOptions options, SimulationRunner run, FailureInvestigator investigator, SimulationConsole console)
    {
        _options = options;
        _run = run;
        _investigator = investigator;
        _console = console;
        _totals = new HuntTotals { FirstSeed = options.FirstSeed };
    }

    /// <summary>What it came by; whole once <see cref="RunAsync"/> has ended.</summary>
    public HuntTotals Totals => _totals;

    /// <summary>The failures, in order of their ends.</summary>
    public IReadOnlyList<FailureReport> Failures => _failures;

    /// <summary>How long it took.</summary>
    public TimeSpan WallTime => _clock.Elapsed;

    /// <summary>Hunts until the time is over, the seeds are used up, there are failures enough, or it is told to stop. Runs that have begun are ended.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _clock.Restart();
        Task[] workers = [.. Enumerable.Range(0, _options.Jobs).Select(_ => Task.Factory.StartNew(
            () => Work(cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Task all = Task.WhenAll(workers);
        if (_console.Terminal is { } terminal)
        {
            await terminal.Live(Picture()).StartAsync(async live =>
            {
                while (!all.IsCompleted)
                {
                    await Task.WhenAny(all, Task.Delay(s_pictureInterval, CancellationToken.None));
                    live.UpdateTarget(Picture());
                }
            });
        }
        else
        {
            while (await Task.WhenAny(all, Task.Delay(s_lineInterval, CancellationToken.None)) != all)
            {
                lock (_lock)
                {
                    _console.Progress.WriteLine(SimulationText.HuntLine(_totals, _clock.Elapsed));
                }
            }
        }

        await all;
        _clock.Stop();
    }

    private void Work(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested && TryTakeSeed(out ulong seed))
        {
            SimulationCase next = _options.CaseOf(seed);
            SimulationResult result = _run(next, null);
            bool isToBeInvestigated;
            lock (_lock)
            {
                _totals.Add(result);
                isToBeInvestigated = result.Violation is not null && _failuresBegun < _options.FailuresMax;
                _failuresBegun += isToBeInvestigated ? 1 : 0;
            }

            if (isToBeInvestigated)
            {
                Investigate(next, result, cancellationToken);
            }
        }
    }

    private bool TryTakeSeed(out ulong seed)
    {
        lock (_lock)
        {
            seed = unchecked(_options.FirstSeed + (ulong)_started);
            if (_clock.Elapsed >= (_options.WallTime ?? TimeSpan.MaxValue)
                || _started >= (_options.SeedsMax ?? long.MaxValue)
                || _failuresBegun >= _options.FailuresMax)
            {
                return false;
            }

            _started++;
            return true;
        }
    }

    private void Investigate(SimulationCase failing, SimulationResult result, CancellationToken cancellationToken)
    {
        Tell($"seed {failing.Seed} FAILED: {result.Violation!.Property}; replay it: {failing.AsDrawn(result).Command}");
        FailureReport report = _investigator.Investigate(
            failing,
            result,
            Path.Combine(_options.TraceFolder, $"quorate-{failing.Seed}.trace.ndjson"),
            attempt =>
            {
                lock (_lock)
                {
                    _shrinking[failing.Seed] = attempt;
                }
            },
            cancellationToken);
        lock (_lock)
        {
            _shrinking.Remove(failing.Seed);
            _failures.Add(report);
        }

        Tell($"seed {failing.Seed} shrunk in {report.Attempts} attempts: {report.Smallest.Command}");
    }

    /// <summary>A picture shows it anyway.</summary>
    private void Tell(string line)
    {
        if (_console.Terminal is null)
        {
            lock (_lock)
            {
                _console.Progress.WriteLine(line);
            }
        }
    }

    private Table Picture()
    {
        lock (_lock)
        {
            Table table = SimulationConsole.Table(SimulationText.Hunt(_totals, _clock.Elapsed)).Caption("Ctrl-C: end, with a summary");
            foreach ((ulong seed, ShrinkAttempt attempt) in _shrinking)
            {
                table.AddRow($"[yellow]shrinking {seed}[/]", Markup.Escape($"attempt {attempt.Number}: {attempt.Case.Command}"));
            }

            foreach (FailureReport failure in _failures)
            {
                table.AddRow($"[red]seed {failure.Found.Seed}[/]", Markup.Escape($"{failure.Violation.Property}: {failure.Smallest.Command}"));
            }

            return table;
        }
    }
}
