namespace Quorate.Replica;

/// <summary>
/// Something that a member does of its own accord, by the clock: letting leases expire, compacting now and then.
/// The state machine cannot do it, since members differ in their clocks; so a duty looks at the state and proposes a
/// command, which changes every member alike.
/// </summary>
public interface IReplicaDuty
{
    /// <summary>
    /// A tick has passed. Called on the replica's loop after what the tick led to was carried out and answered, on every
    /// member, whatever its role; <see cref="IReplica.Status"/> tells that. Like a completion it may call the replica,
    /// and must not block. An exception stops the member.
    /// </summary>
    /// <param name="now">The member's clock, which counts from an arbitrary point and never goes back.</param>
    void Tick(TimeSpan now);
}
