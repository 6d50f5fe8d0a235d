using System.Buffers;
using Microsoft.AspNetCore.Builder;
using Quorate.Grpc.Tests.Protos;

namespace Quorate.Grpc.Tests;

public sealed class ServiceBindingTests
{
    [Fact]
    public void A_handler_of_another_shape_than_the_descriptor_says_is_refused_at_start()
    {
        WebApplication application = WebApplication.CreateSlimBuilder().Build();

        InvalidOperationException error = Should.Throw<InvalidOperationException>(
            () => application.MapGrpcService(ProberServer.Descriptor, new WrongShape()));

        error.Message.ShouldContain("quorate.probe.Prober.Echo");
        error.Message.ShouldContain(nameof(WrongShape));
    }

    [Fact]
    public void Two_handlers_of_one_name_are_refused_at_start()
    {
        WebApplication application = WebApplication.CreateSlimBuilder().Build();

        Should.Throw<InvalidOperationException>(() => application.MapGrpcService(ProberServer.Descriptor, new Twofold()))
            .Message.ShouldContain("more than one method Echo");
    }

    [Fact]
    public void Only_a_unary_method_takes_raw_bytes()
    {
        WebApplication application = WebApplication.CreateSlimBuilder().Build();

        Should.Throw<InvalidOperationException>(() => application.MapGrpcService(ProberServer.Descriptor, new RawStream()))
            .Message.ShouldContain(nameof(RawStream));
    }

    [Fact]
    public void Only_a_method_with_streams_both_ways_and_of_the_type_takes_encoded_responses()
    {
        WebApplication application = WebApplication.CreateSlimBuilder().Build();

        Should.Throw<ArgumentException>(
            () => application.MapDuplexEncoded<Probe>(ProberServer.Descriptor.FindMethodByName("Sum"), ProberService.TwiceEncodedAsync));
    }

    private sealed class WrongShape
    {
        private int calls;

        public Probe Echo(Probe request, ServerCallContext context)
        {
            calls++;
            request.Number = calls;
            return request;
        }
    }

    private sealed class RawStream
    {
        private int calls;

        public Task<Probe> Count(ReadOnlySequence<byte> request, ServerCallContext context) => Task.FromResult(new Probe { Number = calls++ });
    }

    private sealed class Twofold
    {
        private int calls;

        public Task<Probe> Echo(Probe request, ServerCallContext context) => Task.FromResult(new Probe { Number = ++calls });

        public Task<Probe> Echo(Probe request) => Task.FromResult(new Probe { Number = ++calls });
    }
}
