using System.Collections.Immutable;

namespace Quorate.Grpc.Health;

/// <summary>
/// Which services of a server can be used now, as <c>grpc.health.v1.Health</c> tells it to probes. The server as a whole
/// is the service with an empty name.
/// </summary>
public sealed class GrpcHealth
{
    /// <summary>The name of the server as a whole.</summary>
    public const string Server = "";

    private readonly Lock _gate = new();
    private View _current = new(ImmutableSortedDictionary.Create<string, bool>(StringComparer.Ordinal));

    /// <summary>Says whether a service can be used; from now on it is known. Those that watch are told of a change.</summary>
    public void Set(string service, bool isServing)
    {
        ArgumentNullException.ThrowIfNull(service);
        View former;
        lock (_gate)
        {
            former = _current;
            if (former.Services.TryGetValue(service, out bool wasServing) && wasServing == isServing)
            {
                return;
            }

            Volatile.Write(ref _current, new View(former.Services.SetItem(service, isServing)));
        }

        former.Replaced.SetResult();
    }

    /// <summary>Whether a service can be used; null if it is not known.</summary>
    public bool? IsServing(string service) => Volatile.Read(ref _current).IsServing(service);

    internal View Current => Volatile.Read(ref _current);

    /// <summary>All services at one moment. Never changes; a later one takes its place.</summary>
    internal sealed class View(ImmutableSortedDictionary<string, bool> services)
    {
        public ImmutableSortedDictionary<string, bool> Services => services;

        /// <summary>Completes when there is a later one.</summary>
        public TaskCompletionSource Replaced { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool? IsServing(string service) => services.TryGetValue(service, out bool isServing) ? isServing : null;
    }
}
