using Spectre.Console;

namespace Quorate.Server.CommandLine;

/// <summary>Where a person reads: errors in colour if the terminal has it, plain lines where a script reads.</summary>
internal static class Terminal
{
    /// <summary>Standard error, for errors and progress, so that standard output stays what was asked for.</summary>
    public static IAnsiConsole Error { get; } = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <summary>Standard output, for tables; as wide as they need where no terminal bounds them.</summary>
    public static IAnsiConsole Output { get; } = CreateOutput();

    /// <summary>Prints an error and returns the exit code, to end a command with.</summary>
    public static int Fail(int exitCode, string message)
    {
        if (Console.IsErrorRedirected)
        {
            Console.Error.WriteLine($"error: {message}");
        }
        else
        {
            Error.MarkupLine($"[red]error:[/] {Markup.Escape(message)}");
        }

        return exitCode;
    }

    private static IAnsiConsole CreateOutput()
    {
        if (!Console.IsOutputRedirected)
        {
            return AnsiConsole.Create(new AnsiConsoleSettings());
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = 240;
        return console;
    }
}
