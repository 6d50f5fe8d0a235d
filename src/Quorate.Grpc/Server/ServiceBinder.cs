using System.Buffers;
using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.Extensions.Logging;

namespace Quorate.Grpc.Server;

/// <summary>
/// Finds the handlers of a service by its descriptor. Reflection happens here, once, at start; a call
/// goes through a delegate.
/// </summary>
internal sealed class ServiceBinder(object service, GrpcServerOptions options, ILogger logger)
{
    private static readonly MethodInfo s_bindTyped =
        typeof(ServiceBinder).GetMethod(nameof(BindTypedCore), BindingFlags.Instance | BindingFlags.NonPublic)!;

    public static string PathOf(MethodDescriptor method) => $"/{method.Service.FullName}/{method.Name}";

    /// <summary>The method, ready to be called; null if the service has none of its name.</summary>
    public ServerMethod? Bind(MethodDescriptor method)
    {
        MethodInfo? handler = FindHandler(method);
        return handler is null
            ? null
            : (ServerMethod)s_bindTyped
                .MakeGenericMethod(method.InputType.ClrType, method.OutputType.ClrType)
                .Invoke(this, BindingFlags.DoNotWrapExceptions, binder: null, [method, handler], culture: null)!;
    }

    private MethodInfo? FindHandler(MethodDescriptor method)
    {
        MethodInfo? found = null;
        foreach (MethodInfo candidate in service.GetType().GetMethods(BindingFlags.Instance | BindingFlags.Public))
        {
            if (candidate.Name != method.Name)
            {
                continue;
            }

            if (found is not null)
            {
                throw new InvalidOperationException($"{service.GetType().FullName} has more than one method {method.Name}; which of them serves {method.FullName}?");
            }

            found = candidate;
        }

        return found;
    }

    private ServerMethod BindTypedCore<TRequest, TResponse>(MethodDescriptor method, MethodInfo handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        string path = PathOf(method);
        var parser = (MessageParser<TRequest>)method.InputType.Parser;
        return (method.IsClientStreaming, method.IsServerStreaming) switch
        {
            (false, false) when TakesBytes(handler) => new RawUnaryMethod<TResponse>(
                path, options, logger, CreateDelegate<Func<ReadOnlySequence<byte>, ServerCallContext, Task<TResponse>>>(method, handler)),
            (false, false) => new UnaryMethod<TRequest, TResponse>(
                path, options, logger, parser, CreateDelegate<Func<TRequest, ServerCallContext, Task<TResponse>>>(method, handler)),
            (false, true) => new ServerStreamingMethod<TRequest, TResponse>(
                path, options, logger, parser, CreateDelegate<Func<TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(method, handler)),
            (true, false) => new ClientStreamingMethod<TRequest, TResponse>(
                path, options, logger, parser, CreateDelegate<Func<IAsyncStreamReader<TRequest>, ServerCallContext, Task<TResponse>>>(method, handler)),
            (true, true) => new DuplexStreamingMethod<TRequest, TResponse>(
                path, options, logger, parser, CreateDelegate<Func<IAsyncStreamReader<TRequest>, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(method, handler)),
        };
    }

    private static bool TakesBytes(MethodInfo handler) =>
        handler.GetParameters() is [{ } request, ..] && request.ParameterType == typeof(ReadOnlySequence<byte>);

    private TDelegate CreateDelegate<TDelegate>(MethodDescriptor method, MethodInfo handler)
        where TDelegate : Delegate
    {
        return (TDelegate?)Delegate.CreateDelegate(typeof(TDelegate), service, handler, throwOnBindFailure: false)
            ?? throw new InvalidOperationException(
                $"{service.GetType().FullName}.{handler.Name} does not have the shape that {method.FullName} needs: {typeof(TDelegate)}.");
    }
}
