using Quorate.Grpc.Health;
using Quorate.Grpc.Health.V1;
using ServingStatus = Quorate.Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Quorate.Grpc.Tests;

public sealed class HealthTests
{
    private static readonly Method<HealthCheckRequest, HealthCheckResponse> Check = new(HealthReflection.Descriptor.Services[0].FindMethodByName("Check"));
    private static readonly Method<HealthCheckRequest, HealthCheckResponse> Watch = new(HealthReflection.Descriptor.Services[0].FindMethodByName("Watch"));
    private static readonly Method<HealthListRequest, HealthListResponse> List = new(HealthReflection.Descriptor.Services[0].FindMethodByName("List"));

    private readonly GrpcHealth health = new();

    [Fact]
    public async Task A_probe_is_told_whether_the_server_serves()
    {
        await using ProberServer server = await StartAsync();
        health.Set(GrpcHealth.Server, isServing: true);
        (await server.Channel.UnaryAsync(Check, new HealthCheckRequest())).Status.ShouldBe(ServingStatus.Serving);

        health.Set(GrpcHealth.Server, isServing: false);
        (await server.Channel.UnaryAsync(Check, new HealthCheckRequest())).Status.ShouldBe(ServingStatus.NotServing);
    }

    [Fact]
    public async Task A_service_that_is_not_known_is_not_found()
    {
        await using ProberServer server = await StartAsync();

        RpcException error = await Should.ThrowAsync<RpcException>(server.Channel.UnaryAsync(Check, new HealthCheckRequest { Service = "other" }));

        error.Status.ShouldBe(new Status(StatusCode.NotFound, "unknown service"));
    }

    [Fact]
    public async Task All_services_are_listed()
    {
        await using ProberServer server = await StartAsync();
        health.Set(GrpcHealth.Server, isServing: true);
        health.Set("other", isServing: false);

        HealthListResponse list = await server.Channel.UnaryAsync(List, new HealthListRequest());

        list.Statuses.ToDictionary(pair => pair.Key, pair => pair.Value.Status).ShouldBe(
            new Dictionary<string, ServingStatus> { [""] = ServingStatus.Serving, ["other"] = ServingStatus.NotServing }, ignoreOrder: true);
    }

    [Fact]
    public async Task A_watch_begins_with_the_present_status_and_tells_each_change()
    {
        await using ProberServer server = await StartAsync();
        using AsyncServerStreamingCall<HealthCheckResponse> watch = server.Channel.ServerStreaming(Watch, new HealthCheckRequest { Service = "later" });
        (await NextAsync(watch)).ShouldBe(ServingStatus.ServiceUnknown);

        health.Set("later", isServing: true);
        (await NextAsync(watch)).ShouldBe(ServingStatus.Serving);
        health.Set("other", isServing: true);
        health.Set("later", isServing: false);
        (await NextAsync(watch)).ShouldBe(ServingStatus.NotServing);
    }

    [Fact]
    public async Task A_watch_ends_when_the_server_stops()
    {
        ProberServer server = await StartAsync();
        using AsyncServerStreamingCall<HealthCheckResponse> watch = server.Channel.ServerStreaming(Watch, new HealthCheckRequest());
        await NextAsync(watch);

        Task stopped = server.StopAsync();
        RpcException error = await Should.ThrowAsync<RpcException>(watch.ResponseStream.MoveNext(default));

        error.Status.ShouldBe(new Status(StatusCode.Unavailable, "the server is stopping"));
        await stopped;
        await server.DisposeAsync();
    }

    private static async Task<ServingStatus> NextAsync(AsyncServerStreamingCall<HealthCheckResponse> watch)
    {
        (await watch.ResponseStream.MoveNext(default)).ShouldBeTrue();
        return watch.ResponseStream.Current.Status;
    }

    private Task<ProberServer> StartAsync() => ProberServer.StartAsync(map: application => application.MapGrpcHealth(health));
}
