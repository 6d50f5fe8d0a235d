using System.Buffers;
using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Quorate.Grpc.Json;
using Quorate.Grpc.Server;

namespace Quorate.Grpc;

/// <summary>Serves methods of gRPC to clients that speak JSON, over HTTP/1.1 or HTTP/2.</summary>
public static class GrpcJsonEndpointRouteBuilderExtensions
{
    /// <summary>After the routes of methods, before gRPC's own for services that it does not know.</summary>
    private const int NoMethodOrder = 1;

    /// <summary>
    /// Answers POST at each route by the handler of its method, which gRPC calls too: with the same limits, deadline
    /// (<c>Grpc-Timeout</c>), cancellation and counters. Anything else below <paramref name="prefix"/> is answered as
    /// not found, or, by another verb than POST, as not implemented, in JSON. Services are mapped before; a route whose
    /// method is not is left out.
    /// </summary>
    /// <param name="endpoints">Where the services are mapped.</param>
    /// <param name="prefix">What all paths begin with, as <c>/v3</c>.</param>
    /// <param name="routes">The paths.</param>
    public static IEndpointRouteBuilder MapGrpcJson(this IEndpointRouteBuilder endpoints, string prefix, IEnumerable<JsonRoute> routes)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        ArgumentNullException.ThrowIfNull(routes);
        Dictionary<MethodDescriptor, ServerMethod> methods = MappedMethods(endpoints);
        var paths = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (JsonRoute route in routes)
        {
            if (!route.Path.StartsWith(prefix + "/", StringComparison.Ordinal))
            {
                throw new ArgumentException($"{route.Path} is not below {prefix}.", nameof(routes));
            }

            if (methods.TryGetValue(route.Method, out ServerMethod? method))
            {
                var format = new JsonCallFormat(route.Method);
                endpoints.MapMethods(route.Path, [HttpMethods.Post], http => method.HandleAsync(http, format))
                    .WithDisplayName($"{route.Path} ({method.Method})");
                paths.Add(route.Path);
            }
        }

        FrozenSet<string> known = paths.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        endpoints.Map(prefix + "/{**path}", http => AnswerNoMethod(http, known)).WithOrder(NoMethodOrder).WithDisplayName($"Unknown paths below {prefix}");
        return endpoints;
    }

    /// <summary>The handler of each method; where there are several, the one that comes first for gRPC.</summary>
    private static Dictionary<MethodDescriptor, ServerMethod> MappedMethods(IEndpointRouteBuilder endpoints)
    {
        var methods = new Dictionary<MethodDescriptor, ServerMethod>();
        IEnumerable<RouteEndpoint> mappedSoFar = endpoints.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();
        foreach (RouteEndpoint endpoint in mappedSoFar.OrderBy(endpoint => endpoint.Order))
        {
            if (endpoint.Metadata.GetMetadata<MappedMethod>() is { } mapped)
            {
                methods.TryAdd(mapped.Descriptor, mapped.Handler);
            }
        }

        return methods;
    }

    private static Task AnswerNoMethod(HttpContext http, FrozenSet<string> known)
    {
        Status status = known.Contains(http.Request.Path.Value ?? "")
            ? new Status(StatusCode.Unimplemented, "Method Not Allowed")
            : new Status(StatusCode.NotFound, "Not Found");
        JsonErrors.SetStatus(http.Response, status);
        http.Response.BodyWriter.Write(JsonErrors.Body(status));
        return Task.CompletedTask;
    }
}
