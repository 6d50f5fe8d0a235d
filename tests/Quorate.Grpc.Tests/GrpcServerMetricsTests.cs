using System.Diagnostics.Metrics;
using Quorate.Grpc.Server;

namespace Quorate.Grpc.Tests;

public sealed class GrpcServerMetricsTests
{
    [Fact]
    public void Calls_are_counted_by_method_and_by_the_status_they_ended_with()
    {
        using var metrics = new GrpcServerMetrics();
        CallCounter echo = metrics.CounterOf(ProberServer.Descriptor.FindMethodByName("Echo"));
        CallCounter twice = metrics.CounterOf(ProberServer.Descriptor.FindMethodByName("Twice"));
        echo.CountStarted();
        echo.CountStarted();
        echo.CountStarted();
        echo.CountHandled(StatusCode.OK);
        echo.CountHandled(StatusCode.OK);
        echo.CountHandled((StatusCode)99);
        twice.CountStarted();

        SortedDictionary<string, long> measured = Measure();

        measured["grpc_server_started_total Echo unary"].ShouldBe(3);
        measured["grpc_server_started_total Twice bidi_stream"].ShouldBe(1);
        measured["grpc_server_handled_total OK Echo unary"].ShouldBe(2);
        measured["grpc_server_handled_total Unknown Echo unary"].ShouldBe(1);
        measured.Count.ShouldBe(4, "a status that no call ended with has no line");
    }

    private static SortedDictionary<string, long> Measure()
    {
        var measured = new SortedDictionary<string, long>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, all) =>
            {
                if (instrument.Meter.Name == GrpcServerMetrics.MeterName)
                {
                    all.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) =>
            measured[$"{instrument.Name} {string.Join(' ', labels.ToArray().Where(label => label.Key != "grpc_service").Select(label => label.Value))}"] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return measured;
    }
}
