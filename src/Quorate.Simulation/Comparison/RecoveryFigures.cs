namespace Quorate.Simulation.Comparison;

/// <summary>How long nothing was decided after a member's end: from then to the first decision of a command proposed after it.</summary>
/// <param name="Protocol">By which protocol.</param>
/// <param name="Victim">Whose end it is.</param>
/// <param name="IsPowerLoss">Its machine loses its power, of which nobody hears; or its process is killed, and its connections end with it.</param>
/// <param name="Kills">How often.</param>
/// <param name="Median">Half of the times it took no longer.</param>
/// <param name="Longest">It never took longer.</param>
public sealed record RecoveryFigures(ComparedProtocol Protocol, string Victim, bool IsPowerLoss, int Kills, TimeSpan Median, TimeSpan Longest);
