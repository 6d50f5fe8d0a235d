namespace Quorate.Replica;

/// <summary>A committed command on its way into the state machine.</summary>
/// <param name="Term">Term of its entry.</param>
/// <param name="Index">Index of its entry: grows, with gaps.</param>
/// <param name="Command">The bytes as they were proposed. They may be kept; they never change.</param>
/// <param name="ResultWanted">
/// Whether somebody on this member waits for the result. It may save building one; it must not change the state.
/// </param>
public readonly record struct AppliedCommand(long Term, long Index, ReadOnlyMemory<byte> Command, bool ResultWanted);
