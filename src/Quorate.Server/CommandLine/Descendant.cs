namespace Quorate.Server.CommandLine;

/// <summary>A process somewhere below this one.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Parent">The number of its parent.</param>
/// <param name="HasEnded">Whether it only waits for its parent to ask how it ended.</param>
internal sealed record Descendant(int Id, int Parent, bool HasEnded);
