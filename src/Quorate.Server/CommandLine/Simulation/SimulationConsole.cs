using Spectre.Console;

namespace Quorate.Server.CommandLine.Simulation;

/// <summary>Where a simulation tells what happens: to a person at a terminal, or in plain lines.</summary>
internal sealed class SimulationConsole
{
    /// <summary>For what was asked for.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>For progress, so that the output stays what was asked for.</summary>
    public required TextWriter Progress { get; init; }

    /// <summary>The terminal, for tables and live pictures; null where there is none, or a script reads.</summary>
    public IAnsiConsole? Terminal { get; init; }

    /// <summary>The one that the program has.</summary>
    public static SimulationConsole Create(OutputFormat format) => new()
    {
        Output = Console.Out,
        Progress = Console.Error,
        Terminal = format == OutputFormat.Text && AnsiConsole.Profile.Out.IsTerminal ? AnsiConsole.Console : null,
    };

    /// <summary>Names and values: a table, or a line each.</summary>
    public void Rows(IEnumerable<(string Name, string Value)> rows)
    {
        if (Terminal is { } terminal)
        {
            terminal.Write(Table(rows));
            return;
        }

        foreach ((string name, string value) in rows)
        {
            Output.WriteLine($"{name}: {value}");
        }
    }

    /// <summary>Names and values as a table.</summary>
    public static Table Table(IEnumerable<(string Name, string Value)> rows)
    {
        Table table = new Table().RoundedBorder().BorderColor(Color.Grey).HideHeaders().AddColumns("name", "value");
        foreach ((string name, string value) in rows)
        {
            table.AddRow($"[bold]{Markup.Escape(name)}[/]", Markup.Escape(value));
        }

        return table;
    }
}
