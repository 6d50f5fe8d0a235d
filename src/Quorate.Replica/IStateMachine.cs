namespace Quorate.Replica;

/// <summary>
/// What is replicated: anything whose state is a function of the commands applied so far.
/// Every member applies the same commands in the same order (spec C3), so <see cref="Apply"/> must depend on nothing
/// but the state and the command: no clock, no randomness, no order of a hash table.
/// </summary>
/// <remarks>
/// All calls come from one thread at a time. An exception from <see cref="Apply"/> stops the member: a command that
/// cannot be carried out is to be answered with a result that says so, on every member alike.
/// </remarks>
public interface IStateMachine
{
    /// <summary>Applies a committed command and returns its result, which whoever proposed it on this member receives.</summary>
    object? Apply(in AppliedCommand command);

    /// <summary>
    /// Captures the present state in constant time. It is written out later, while commands go on being applied,
    /// so what is captured must not change.
    /// </summary>
    IStateMachineSnapshot TakeSnapshot();

    /// <summary>
    /// Replaces the state by that of a snapshot; the stream ends where the snapshot does.
    /// Nothing is applied meanwhile, though reads may come from other threads.
    /// </summary>
    /// <exception cref="InvalidDataException">The bytes are not a snapshot that this version reads.</exception>
    void LoadSnapshot(Stream snapshot);
}
