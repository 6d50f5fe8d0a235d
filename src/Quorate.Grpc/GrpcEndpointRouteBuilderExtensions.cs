using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quorate.Grpc.Server;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Quorate.Grpc;

/// <summary>Serves gRPC services by the routes of ASP.NET Core.</summary>
public static class GrpcEndpointRouteBuilderExtensions
{
    /// <summary>A raw handler comes before the service's own method of the same name.</summary>
    private const int RawOrder = -1;

    private const int MethodOrder = 0;
    private const int UnknownMethodOrder = 1;
    private const int UnknownServiceOrder = 2;

    /// <summary>
    /// Serves every method of <paramref name="descriptor"/> by the method of the same name on the
    /// <typeparamref name="TService"/> that the application's services hold. See
    /// <see cref="MapGrpcService{TService}(IEndpointRouteBuilder, ServiceDescriptor, TService)"/>.
    /// </summary>
    public static IEndpointRouteBuilder MapGrpcService<TService>(this IEndpointRouteBuilder endpoints, ServiceDescriptor descriptor)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        return endpoints.MapGrpcService(descriptor, endpoints.ServiceProvider.GetRequiredService<TService>());
    }

    /// <summary>
    /// Serves every method of <paramref name="descriptor"/> by the method of the same name on
    /// <paramref name="service"/>, which has one of these shapes as the descriptor says:
    /// <code>
    /// Task&lt;TResponse&gt; Unary(TRequest request, ServerCallContext context)
    /// Task&lt;TResponse&gt; Unary(ReadOnlySequence&lt;byte&gt; request, ServerCallContext context)
    /// Task ServerStreaming(TRequest request, IServerStreamWriter&lt;TResponse&gt; responses, ServerCallContext context)
    /// Task&lt;TResponse&gt; ClientStreaming(IAsyncStreamReader&lt;TRequest&gt; requests, ServerCallContext context)
    /// Task Duplex(IAsyncStreamReader&lt;TRequest&gt; requests, IServerStreamWriter&lt;TResponse&gt; responses, ServerCallContext context)
    /// </code>
    /// The second takes the request's bytes as they came in, valid until its task has completed; where it parses them
    /// itself, it may let the parser's exception through. A method of the descriptor that the service does not have is answered as unimplemented; one that it
    /// has in another shape is refused here, at start. The service is shared by all calls.
    /// </summary>
    public static IEndpointRouteBuilder MapGrpcService<TService>(this IEndpointRouteBuilder endpoints, ServiceDescriptor descriptor, TService service)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(descriptor);
        ArgumentNullException.ThrowIfNull(service);
        ILogger logger = LoggerOf(endpoints);
        var binder = new ServiceBinder(service, OptionsOf(endpoints), logger);
        foreach (MethodDescriptor method in descriptor.Methods)
        {
            if (binder.Bind(method) is { } bound)
            {
                Map(endpoints, bound, method, MethodOrder);
            }
            else
            {
                GrpcServerLog.MethodWithoutHandler(logger, descriptor.FullName, method.Name);
                string text = $"method {method.Name} of service {descriptor.FullName} is not implemented";
                Map(endpoints, new UnboundMethod(ServiceBinder.PathOf(method), OptionsOf(endpoints), logger, text), method, MethodOrder);
            }
        }

        Map(
            endpoints,
            $"/{descriptor.FullName}/{{method}}",
            UnknownMethodOrder,
            new UnimplementedCalls(http => $"unknown method {http.Request.RouteValues["method"]} for service {descriptor.FullName}").HandleAsync,
            $"Unknown methods of {descriptor.FullName}");
        return endpoints;
    }

    /// <summary>
    /// Serves a method with streams both ways by a handler that encodes its responses itself, so that many calls can
    /// share what was encoded once. A method mapped so comes before one of the same name that a service has.
    /// </summary>
    public static IEndpointRouteBuilder MapDuplexEncoded<TRequest>(
        this IEndpointRouteBuilder endpoints,
        MethodDescriptor method,
        Func<IAsyncStreamReader<TRequest>, IEncodedStreamWriter, ServerCallContext, Task> handler)
        where TRequest : class, IMessage<TRequest>
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(handler);
        if (!method.IsClientStreaming || !method.IsServerStreaming || method.InputType.ClrType != typeof(TRequest))
        {
            throw new ArgumentException($"{method.FullName} does not have streams of {typeof(TRequest).Name} and of responses.", nameof(method));
        }

        var parser = (MessageParser<TRequest>)method.InputType.Parser;
        Map(endpoints, new EncodedDuplexMethod<TRequest>(ServiceBinder.PathOf(method), OptionsOf(endpoints), LoggerOf(endpoints), parser, handler), method, RawOrder);
        return endpoints;
    }

    /// <summary>
    /// Answers every gRPC call of a service that is not mapped as unimplemented, as the protocol wants it;
    /// a request that is no gRPC call is answered as not found.
    /// </summary>
    public static IEndpointRouteBuilder MapGrpcUnknownServices(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        Map(
            endpoints,
            "/{service}/{method}",
            UnknownServiceOrder,
            new UnimplementedCalls(http => $"unknown service {http.Request.RouteValues["service"]}", isCatchAll: true).HandleAsync,
            "Unknown services");
        return endpoints;
    }

    private static void Map(IEndpointRouteBuilder endpoints, ServerMethod method, MethodDescriptor descriptor, int order)
    {
        method.Counter = endpoints.ServiceProvider.GetService<GrpcServerMetrics>()?.CounterOf(descriptor);
        method.Stopping = endpoints.ServiceProvider.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None;
        Map(endpoints, method.Method, order, method.HandleAsync, method.Method).WithMetadata(new MappedMethod(descriptor, method));
    }

    private static IEndpointConventionBuilder Map(
        IEndpointRouteBuilder endpoints, string pattern, int order, RequestDelegate handler, string displayName) =>
        endpoints.MapMethods(pattern, [HttpMethods.Post], handler).WithOrder(order).WithDisplayName(displayName);

    private static GrpcServerOptions OptionsOf(IEndpointRouteBuilder endpoints)
    {
        return endpoints.ServiceProvider.GetService<IOptions<GrpcServerOptions>>()?.Value ?? new GrpcServerOptions();
    }

    private static ILogger LoggerOf(IEndpointRouteBuilder endpoints)
    {
        return endpoints.ServiceProvider.GetRequiredService<ILoggerFactory>().CreateLogger("Quorate.Grpc");
    }
}
