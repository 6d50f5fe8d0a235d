namespace Quorate.Etcd.Watches;

/// <summary>
/// Lets one caller at a time into a member's watches; the one that is in may enter again. Where there is one thread, as
/// in the simulated world, none is needed.
/// </summary>
public interface IWatchGate
{
    /// <summary>Waits until nobody else is in, and goes in.</summary>
    void Enter();

    /// <summary>Goes out.</summary>
    void Exit();
}
