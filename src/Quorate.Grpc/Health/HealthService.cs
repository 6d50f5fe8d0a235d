using Quorate.Grpc.Health.V1;
using ServingStatus = Quorate.Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Quorate.Grpc.Health;

/// <summary>The service <c>grpc.health.v1.Health</c>.</summary>
internal sealed class HealthService(GrpcHealth health)
{
    public Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) =>
        health.IsServing(request.Service) is { } isServing
            ? Task.FromResult(new HealthCheckResponse { Status = StatusOf(isServing) })
            : throw new RpcException(new Status(StatusCode.NotFound, "unknown service"));

    public Task<HealthListResponse> List(HealthListRequest request, ServerCallContext context)
    {
        var response = new HealthListResponse();
        foreach ((string service, bool isServing) in health.Current.Services)
        {
            response.Statuses.Add(service, new HealthCheckResponse { Status = StatusOf(isServing) });
        }

        return Task.FromResult(response);
    }

    /// <summary>
    /// Tells the present status at once and then each other one. A client that reads slowly misses those that did not
    /// last, and always gets the last: nothing is queued for it.
    /// </summary>
    public async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responses, ServerCallContext context)
    {
        ServingStatus? told = null;
        while (true)
        {
            GrpcHealth.View view = health.Current;
            ServingStatus status = view.IsServing(request.Service) is { } isServing ? StatusOf(isServing) : ServingStatus.ServiceUnknown;
            if (status != told)
            {
                await responses.WriteAsync(new HealthCheckResponse { Status = status }, context.CancellationToken).ConfigureAwait(false);
                told = status;
            }

            await view.Replaced.Task.WaitAsync(context.CancellationToken).ConfigureAwait(false);
        }
    }

    private static ServingStatus StatusOf(bool isServing) => isServing ? ServingStatus.Serving : ServingStatus.NotServing;
}
