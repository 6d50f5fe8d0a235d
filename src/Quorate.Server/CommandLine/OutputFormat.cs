namespace Quorate.Server.CommandLine;

/// <summary>For whom a command writes.</summary>
internal enum OutputFormat
{
    /// <summary>People.</summary>
    Text,

    /// <summary>Scripts.</summary>
    Json,
}
