namespace Quorate.Server.CommandLine;

/// <summary>What the program's exit code says. Scripts rely on the numbers.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>Certainly not done: the server refused it, or cannot run.</summary>
    public const int Failed = 1;

    /// <summary>The command, a setting or an input file cannot be understood.</summary>
    public const int Usage = 2;

    /// <summary>There is no such key, or no such lease.</summary>
    public const int NotFound = 3;

    /// <summary>A write may or may not have taken effect.</summary>
    public const int OutcomeUnknown = 4;

    /// <summary>No member could be reached or answered in time, or none knows a leader; nothing was done.</summary>
    public const int Unavailable = 5;
}
