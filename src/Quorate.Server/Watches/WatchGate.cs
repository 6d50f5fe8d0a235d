using Quorate.Etcd.Watches;

namespace Quorate.Server.Watches;

/// <summary>A lock. What is done inside is short: a step of delivery, or what one stream asks.</summary>
internal sealed class WatchGate : IWatchGate
{
    private readonly Lock _lock = new();

    public void Enter() => _lock.Enter();

    public void Exit() => _lock.Exit();
}
