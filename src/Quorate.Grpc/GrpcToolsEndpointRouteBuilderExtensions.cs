using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Routing;
using Quorate.Grpc.Health;
using Quorate.Grpc.Health.V1;
using Quorate.Grpc.Reflection;
using Quorate.Grpc.Server;

namespace Quorate.Grpc;

/// <summary>Serves what generic tools ask of any gRPC server: health and reflection.</summary>
public static class GrpcToolsEndpointRouteBuilderExtensions
{
    /// <summary>Serves <c>grpc.health.v1.Health</c>.</summary>
    public static IEndpointRouteBuilder MapGrpcHealth(this IEndpointRouteBuilder endpoints, GrpcHealth health)
    {
        ArgumentNullException.ThrowIfNull(health);
        return endpoints.MapGrpcService(HealthReflection.Descriptor.Services[0], new HealthService(health));
    }

    /// <summary>
    /// Serves <c>grpc.reflection.v1.ServerReflection</c>, and the same under its former name <c>v1alpha</c>. They tell of
    /// every service that is mapped before, and of themselves.
    /// </summary>
    public static IEndpointRouteBuilder MapGrpcReflection(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var services = new HashSet<ServiceDescriptor>();
        foreach (Microsoft.AspNetCore.Http.Endpoint endpoint in endpoints.DataSources.SelectMany(source => source.Endpoints))
        {
            if (endpoint.Metadata.GetMetadata<MappedMethod>() is { } mapped)
            {
                services.Add(mapped.Descriptor.Service);
            }
        }

        ServiceDescriptor v1 = Reflection.V1.ReflectionReflection.Descriptor.Services[0];
        ServiceDescriptor v1Alpha = Reflection.V1Alpha.ReflectionReflection.Descriptor.Services[0];
        var service = new ReflectionService(new DescriptorIndex([.. services, v1, v1Alpha]));
        endpoints.MapGrpcService(v1, service);
        endpoints.MapGrpcService(v1Alpha, new ReflectionAlphaService(service));
        return endpoints;
    }
}
