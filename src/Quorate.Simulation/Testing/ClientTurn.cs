using Quorate.Raft;

namespace Quorate.Simulation.Testing;

/// <summary>A client is about to propose something.</summary>
/// <param name="Client">Which, from one.</param>
/// <param name="Number">Counts what it proposes, from one: together with <paramref name="Client"/> a name for a command.</param>
/// <param name="Random">Its randomness. Use no other: the seed must decide everything.</param>
/// <param name="Previous">
/// What it proposed before, if anything. Who retries what is <see cref="ClientOperation.IsUnknown"/> proposes its
/// <see cref="ClientOperation.Command"/> again.
/// </param>
public readonly record struct ClientTurn(int Client, long Number, SeededRandom Random, ClientOperation? Previous);
