using Quorate.Replica;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Runs;

namespace Quorate.Simulation.Testing;

/// <summary>
/// A test of a state machine in the simulated world: whole clusters replicate it under faults, clients use it, and everything
/// is checked that must hold. Each method gives a new test; none changes the one it is called on.
/// </summary>
/// <typeparam name="TMachine">Your state machine.</typeparam>
public sealed class StateMachineTest<TMachine>
    where TMachine : class, IStateMachine
{
    /// <summary>Seeds unless told otherwise.</summary>
    public const int SeedsDefault = 100;

    private readonly StateMachineRules<TMachine> _rules;
    private readonly SimulationCase _template;

    internal StateMachineTest(Func<TMachine> create)
        : this(new StateMachineRules<TMachine>(create), new SimulationCase { Seed = 0, Duration = TimeSpan.FromSeconds(30) })
    {
    }

    private StateMachineTest(StateMachineRules<TMachine> rules, SimulationCase template)
    {
        _rules = rules;
        _template = template;
    }

    /// <summary>What clients propose, one command after the other. Draw from the turn's randomness only.</summary>
    public StateMachineTest<TMachine> Proposing(Func<ClientTurn, ReadOnlyMemory<byte>> next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return With(_rules with { Next = next });
    }

    /// <summary>Clients, each of which waits for one answer before it goes on (5); and commands of all of them in a virtual second (50).</summary>
    public StateMachineTest<TMachine> Clients(int clients, int commandsPerSecond = 50)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(clients, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(commandsPerSecond, 1);
        return new StateMachineTest<TMachine>(_rules with { CommandsPerSecond = commandsPerSecond }, _template with { Clients = clients });
    }

    /// <summary>What must hold of the state at any time, on every member: it is looked at every virtual second, and after each command in the end.</summary>
    /// <param name="name">What, in a few words.</param>
    /// <param name="holds">Whether it does; must not change anything.</param>
    public StateMachineTest<TMachine> Check(string name, Func<TMachine, bool> holds)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(holds);
        return With(_rules with { Checks = _rules.Checks.Add((name, holds)) });
    }

    /// <summary>What must hold when all is over, of the state and of everything that clients proposed and were told.</summary>
    /// <param name="name">What, in a few words.</param>
    /// <param name="holds">Whether it does.</param>
    public StateMachineTest<TMachine> CheckInTheEnd(string name, Func<TMachine, IReadOnlyList<ClientOperation>, bool> holds)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(holds);
        return With(_rules with { FinalChecks = _rules.FinalChecks.Add((name, holds)) });
    }

    /// <summary>
    /// Answers must be those of a model: the simplest thing that does the same, given the commands in the order of the log. As
    /// that order keeps real time, what clients saw is then linearizable.
    /// </summary>
    /// <param name="create">Makes an empty model, which may change as it answers.</param>
    /// <param name="answer">What it answers.</param>
    public StateMachineTest<TMachine> AnsweringLike<TModel>(Func<TModel> create, Func<TModel, ReadOnlyMemory<byte>, object?> answer)
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(answer);
        return With(_rules with
        {
            Model = () =>
            {
                TModel model = create();
                return command => answer(model, command);
            },
        });
    }

    /// <summary>A number of the state, equal for equal states, by which members are compared; the bytes of a snapshot unless this is said.</summary>
    public StateMachineTest<TMachine> ComparedBy(Func<TMachine, ulong> hash)
    {
        ArgumentNullException.ThrowIfNull(hash);
        return With(_rules with { Hash = hash });
    }

    /// <summary>
    /// When two answers are the same. Unless this is said: bytes by their content, others by their own <c>Equals</c>; those of a
    /// type without one are not compared.
    /// </summary>
    public StateMachineTest<TMachine> SameAnswer(Func<object?, object?, bool> areEqual)
    {
        ArgumentNullException.ThrowIfNull(areEqual);
        return With(_rules with { AreEqualAnswers = areEqual });
    }

    /// <summary>How a command reads in messages and traces; its bytes unless this is said.</summary>
    public StateMachineTest<TMachine> Showing(Func<ReadOnlyMemory<byte>, string> text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return With(_rules with { Text = text });
    }

    /// <summary>Members of each cluster; one, three or five, as the seed draws, unless this is said.</summary>
    public StateMachineTest<TMachine> Members(int members)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(members, 1);
        return With(_template with { Members = members });
    }

    /// <summary>Families of faults (<see cref="FaultFamilies"/>); one to three, as the seed draws, unless this is said. None: no faults.</summary>
    public StateMachineTest<TMachine> Faults(params ReadOnlySpan<FaultFamily> families) => With(_template with { Faults = [.. families] });

    /// <summary>Virtual time with faults (30 s).</summary>
    public StateMachineTest<TMachine> Lasting(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        return With(_template with { Duration = duration });
    }

    /// <summary>Runs seeds until one fails, and makes that one small.</summary>
    /// <param name="seeds">How many.</param>
    /// <param name="firstSeed">The first; the others follow it. Draw it yourself to run some that nobody has run before.</param>
    /// <param name="shrinkAttempts">Most runs to make a failing one smaller.</param>
    public StateMachineTestResult Run(int seeds = SeedsDefault, ulong firstSeed = 1, int shrinkAttempts = Shrinker.AttemptsMaxDefault)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seeds, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(shrinkAttempts);
        RequireCommands();
        SimulationCoverage coverage = new();
        TimeSpan virtualTime = TimeSpan.Zero;
        long applied = 0;
        for (int i = 0; i < seeds; i++)
        {
            SimulationCase next = _template with { Seed = unchecked(firstSeed + (ulong)i) };
            SimulationResult result = Execute(next, null);
            coverage.Add(result.Coverage);
            virtualTime += result.VirtualTime;
            applied += result.Succeeded;
            if (result.Violation is not null)
            {
                return new StateMachineTestResult(i + 1, virtualTime, applied, coverage, Shrink(next, result, shrinkAttempts));
            }
        }

        return new StateMachineTestResult(seeds, virtualTime, applied, coverage, null);
    }

    /// <summary>Runs one again, as the message of a failure says it.</summary>
    /// <param name="arguments">Such as <c>--seed 17 --members 3 --faults kill --duration 9000ms --clients 1</c>.</param>
    /// <param name="trace">Where to write down everything that happens, in the format of docs/simulation.md, if anywhere.</param>
    /// <exception cref="FormatException">The arguments are not understood.</exception>
    public StateMachineTestResult Replay(string arguments, Stream? trace = null)
    {
        RequireCommands();
        SimulationCase which = SimulationArguments.Case(arguments, _template);
        SimulationResult result = Execute(which, trace);
        return new StateMachineTestResult(
            1,
            result.VirtualTime,
            result.Succeeded,
            result.Coverage,
            result.Violation is { } violation ? new StateMachineFailure(violation, which.AsDrawn(result), violation, which.AsDrawn(result), 0) : null);
    }

    private StateMachineFailure Shrink(SimulationCase found, SimulationResult result, int attemptsMax)
    {
        Shrinker shrinker = new(found, result, smaller => Execute(smaller, null), attemptsMax);
        int attempts = shrinker.Attempts().Count();
        return new StateMachineFailure(result.Violation!, found.AsDrawn(result), shrinker.Result.Violation!, shrinker.Smallest, attempts);
    }

    private SimulationResult Execute(SimulationCase which, Stream? trace) =>
        new SimulationRun(which.Seed, which.Options(trace), new StateMachineWorkload<TMachine>(_rules, which.Clients)).Execute();

    private void RequireCommands()
    {
        if (_rules.Next is null)
        {
            throw new InvalidOperationException($"say what clients propose first: {nameof(Proposing)}");
        }
    }

    private StateMachineTest<TMachine> With(StateMachineRules<TMachine> rules) => new(rules, _template);

    private StateMachineTest<TMachine> With(SimulationCase template) => new(_rules, template);
}
