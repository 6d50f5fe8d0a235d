using System.Diagnostics.Metrics;
using Google.Protobuf.Reflection;
using Quorate.Grpc.Server;

namespace Quorate.Grpc;

/// <summary>
/// Counts the calls of a server's methods, under the names and labels that dashboards for gRPC know. Registered among
/// the application's services, it counts those of every service that is mapped; without it nothing is counted.
/// </summary>
public sealed class GrpcServerMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Quorate.Grpc";

    private readonly Meter _meter = new(MeterName);
    private readonly Lock _gate = new();
    private readonly List<CallCounter> _countersNeedsGate = [];

    /// <summary>Begins to measure.</summary>
    public GrpcServerMetrics()
    {
        _meter.CreateObservableCounter("grpc_server_started_total", () => All().Select(counter => counter.Started), null, "Calls begun.");
        _meter.CreateObservableCounter("grpc_server_handled_total", () => All().SelectMany(counter => counter.Handled), null, "Calls ended, by status.");
    }

    /// <summary>Ends the measuring.</summary>
    public void Dispose() => _meter.Dispose();

    internal CallCounter CounterOf(MethodDescriptor method)
    {
        var counter = new CallCounter(method);
        lock (_gate)
        {
            _countersNeedsGate.Add(counter);
        }

        return counter;
    }

    private CallCounter[] All()
    {
        lock (_gate)
        {
            return [.. _countersNeedsGate];
        }
    }
}
