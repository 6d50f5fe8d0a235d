namespace Quorate.Replica;

/// <summary>
/// What is replicated: anything whose state is a function of the commands applied so far.
/// Every member applies the same commands in the same order (spec C3), so <see cref="Apply"/> must depend on nothing
/// but the state and the command: no clock, no randomness, no order of a hash table.
/// </summary>
/// <remarks>
/// All calls come from one thread at a time. An exception from <see cref="Apply"/> stops the member: a command that
/// cannot be carried out is to be answered with a result that says so, on every member alike. So does one from any
/// other call.
/// </remarks>
public interface IStateMachine
{
    /// <summary>Applies a committed command and returns its result, which whoever proposed it on this member receives.</summary>
    object? Apply(in AppliedCommand command);

    /// <summary>
    /// A run of commands has been applied: what they changed is to be visible, to readers on other threads too, when
    /// this returns. Called after each run of one command or more, before any result of the run is handed out, any
    /// read that waited for the run is released, <see cref="TakeSnapshot"/> or <see cref="DoIdleWork"/>; so what is
    /// answered can be seen (spec G1). Where runs begin and end depends on the member and its load, and must not show
    /// in the state. Not called for what <see cref="LoadSnapshot"/> brings, which makes it visible itself.
    /// </summary>
    /// <remarks>By default nothing: for a state machine whose <see cref="Apply"/> makes its change visible itself.</remarks>
    void BatchApplied()
    {
    }

    /// <summary>
    /// Does a bounded piece, well below a millisecond, of work that can wait: freeing memory, say. It must change
    /// nothing that a read, a result or a snapshot shows, since members do it at different paces. Called between runs,
    /// after answers were handed out, when no committed command waits; where commands never cease to wait, once a tick
    /// all the same. Never while a snapshot is being loaded.
    /// </summary>
    /// <returns>Whether more of it is known to remain; it is then called again soon, even if nothing else happens.</returns>
    /// <remarks>By default there is none.</remarks>
    bool DoIdleWork() => false;

    /// <summary>
    /// Captures the present state, with every command applied, in constant time. It is written out later, while
    /// commands go on being applied, so what is captured must not change.
    /// </summary>
    IStateMachineSnapshot TakeSnapshot();

    /// <summary>
    /// Replaces the state by that of a snapshot; the stream ends where the snapshot does.
    /// Nothing is applied meanwhile, though reads may come from other threads.
    /// </summary>
    /// <exception cref="InvalidDataException">The bytes are not a snapshot that this version reads.</exception>
    void LoadSnapshot(Stream snapshot);
}
