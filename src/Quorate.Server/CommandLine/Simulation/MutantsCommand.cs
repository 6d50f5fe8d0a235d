using System.CommandLine;
#if QUORATE_MUTANTS
using System.Globalization;
using System.Text;
using Quorate.Raft;
using Quorate.Simulation.Runs;
#endif

namespace Quorate.Server.CommandLine.Simulation;

/// <summary>
/// <c>quorate sim mutants</c>: puts one fault after the other into the code, and runs seeds until something is found wrong.
/// What is not caught shows a world or a checker that is too kind.
/// </summary>
internal static class MutantsCommand
{
    public static Command Create()
    {
        var command = new Command("mutants", "Put faults of real systems into the code, one after the other, and see which the simulator catches. Only in a build that has them.");
#if QUORATE_MUTANTS
        var seeds = new Option<int>("--seeds") { Description = "Most seeds for each.", HelpName = "N", DefaultValueFactory = _ => 2000 };
        var only = new Option<string?>("--mutant") { Description = "This one alone.", HelpName = "NAME" };
        var write = new Option<string?>("--write") { Description = "Write the table, as Markdown.", HelpName = "FILE" };
        var share = new Option<string?>("--share") { Description = "Only every N-th mutant, beginning with the K-th: a part of them for each of N changes.", HelpName = "K/N" };
        command.Add(seeds);
        command.Add(only);
        command.Add(write);
        command.Add(share);
        command.SetAction((result, cancellationToken) =>
        {
            var mutants = Enum.GetValues<Mutant>().Where(mutant => mutant != Mutant.None).ToArray();
            if (result.GetValue(only) is { } name)
            {
                mutants = [.. mutants.Where(mutant => string.Equals(mutant.ToString(), name, StringComparison.OrdinalIgnoreCase))];
                if (mutants.Length == 0)
                {
                    return Task.FromResult(Terminal.Fail(ExitCode.Usage, $"there is no mutant '{name}'; there are {string.Join(", ", Enum.GetNames<Mutant>()[1..])}"));
                }
            }

            if (result.GetValue(share) is { } part)
            {
                if (!TryParseShare(part, out int first, out int step))
                {
                    return Task.FromResult(Terminal.Fail(ExitCode.Usage, $"--share '{part}' is no share such as 1/4: the first of four"));
                }

                mutants = [.. mutants.Where((_, place) => place % step == first - 1)];
            }

            return Task.FromResult(Run(mutants, result.GetValue(seeds), result.GetValue(write), cancellationToken));
        });
#else
        command.SetAction(_ => Terminal.Fail(
            ExitCode.Usage, "this build has no mutants in it; run 'dotnet run -c Release -p:QuorateMutants=true --project src/Quorate.Server -- sim mutants'"));
#endif
        return command;
    }

#if QUORATE_MUTANTS
    private const string Heading = "# Mutants\n\n" + """
        Faults that real systems had, each put into one place of our own code behind a switch that only a build of its own has
        (`Mutant` says what each is), and what the simulator made of it: which property was found violated first, and with
        which seed, counted from 1. Made by
        `dotnet run -c Release -p:QuorateMutants=true --project src/Quorate.Server -- sim mutants --write docs/mutants.md`.


        """;

    private const string Ending = "\n## Not here\n\n" + """
        Other mechanisms by which systems like this one have failed, and why there is no mutant of them:

        - Whatever goes wrong while members are added and removed: members cannot be changed yet. What can, a member that comes
          back with an empty disk, is `EmptyDiskIsHeard`.
        - Reads by lease, without a round of heartbeats: there are none.
        - A pre-vote refused for ever because the one who asks is still believed to lead: a voter refuses by the time since it
          heard from a leader, and does not look at who asks.
        - A truncation in several steps with a crash between them: the log is never cut in place. What replaces its end is
          appended, and recovery reads what came last.
        - A log cut below what was applied: entries up to the commit index are never replaced (`RaftInvariantException`), and
          the mutants that would make it necessary are caught before.
        - Enforced authentication, which is not there yet.

        """;

    private static int Run(Mutant[] mutants, int seedsMax, string? path, CancellationToken cancellationToken)
    {
        StringBuilder table = new(Heading + "| mutant | caught by | after seeds | first seed |\n|---|---|---:|---:|\n");
        int survivors = 0;
        foreach (Mutant mutant in mutants)
        {
            Mutants.Active = mutant;
            (ulong Seed, string Property)? caught = null;
            for (ulong seed = 1; seed <= (ulong)seedsMax && caught is null; seed++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (new SimulationCase { Seed = seed }.Run().Violation is { } violation)
                {
                    caught = (seed, violation.Property);
                }
            }

            Mutants.Active = Mutant.None;
            survivors += caught is null ? 1 : 0;
            Console.WriteLine(caught is { } found
                ? string.Create(CultureInfo.InvariantCulture, $"{mutant}: caught by '{found.Property}' with seed {found.Seed}")
                : string.Create(CultureInfo.InvariantCulture, $"{mutant}: NOT caught by {seedsMax} seeds"));
            table.Append(CultureInfo.InvariantCulture, $"| {mutant} | {caught?.Property ?? "**nothing**"} | {caught?.Seed ?? (ulong)seedsMax} | {caught?.Seed.ToString(CultureInfo.InvariantCulture) ?? "–"} |\n");
        }

        if (path is not null)
        {
            File.WriteAllText(path, table.Append(Ending).ToString());
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{mutants.Length - survivors} of {mutants.Length} mutants caught"));
        return survivors == 0 ? ExitCode.Success : ExitCode.Failed;
    }

    private static bool TryParseShare(string text, out int first, out int step)
    {
        first = 0;
        step = 0;
        return text.Split('/') is [var left, var right]
            && int.TryParse(left, NumberStyles.None, CultureInfo.InvariantCulture, out first)
            && int.TryParse(right, NumberStyles.None, CultureInfo.InvariantCulture, out step)
            && first >= 1 && first <= step;
    }
#endif
}
