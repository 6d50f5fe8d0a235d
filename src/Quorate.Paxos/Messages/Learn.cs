namespace Quorate.Paxos.Messages;

/// <summary>
/// Asks for what was chosen from <see cref="PaxosMessage.Instance"/> on, the first that the sender does not know. Who
/// knows some of it answers with <see cref="Chosen"/>, who knows less learns that it lags behind, and who knows as much
/// says nothing.
/// </summary>
public sealed record Learn : PaxosMessage;
