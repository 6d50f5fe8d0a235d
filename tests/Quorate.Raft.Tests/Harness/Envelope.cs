using Quorate.Raft.Messages;

namespace Quorate.Raft.Tests.Harness;

/// <summary>A message on its way.</summary>
/// <param name="Sequence">Counts what was sent, so that equal due times keep their order.</param>
/// <param name="DueTick">The tick at which it arrives, where time runs by itself.</param>
/// <param name="Message">The message.</param>
public sealed record Envelope(long Sequence, long DueTick, Message Message);
