namespace Quorate.Simulation.Comparison;

/// <summary>How long nothing was decided after a member was killed: from the kill to the first decision of a command proposed after it.</summary>
/// <param name="Protocol">By which protocol.</param>
/// <param name="Victim">Who is killed.</param>
/// <param name="Kills">How often.</param>
/// <param name="Median">Half of the times it took no longer.</param>
/// <param name="Longest">It never took longer.</param>
public sealed record RecoveryFigures(ComparedProtocol Protocol, string Victim, int Kills, TimeSpan Median, TimeSpan Longest);
