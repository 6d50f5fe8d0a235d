namespace Quorate.Simulation.Comparison;

/// <summary>
/// How many messages follow upon one another from a proposal to its decision, measured in a world where a message takes
/// a fixed time and nothing else takes any.
/// </summary>
/// <param name="Protocol">By which protocol.</param>
/// <param name="ProposedAt">Which member the client asks.</param>
/// <param name="MessageDelays">Message delays until that member tells the decision; two are a round trip.</param>
public sealed record DelayFigures(ComparedProtocol Protocol, string ProposedAt, double MessageDelays);
