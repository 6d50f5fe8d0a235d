using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Quorate.Grpc;

/// <summary>A method that a client can call: its name, its shape and its types.</summary>
/// <typeparam name="TRequest">The type of request.</typeparam>
/// <typeparam name="TResponse">The type of response.</typeparam>
public sealed class Method<TRequest, TResponse>
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    /// <summary>Takes the method out of a descriptor, whose types must be these.</summary>
    public Method(MethodDescriptor descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        if (descriptor.InputType.ClrType != typeof(TRequest) || descriptor.OutputType.ClrType != typeof(TResponse))
        {
            throw new ArgumentException(
                $"{descriptor.FullName} takes {descriptor.InputType.FullName} and returns {descriptor.OutputType.FullName}.",
                nameof(descriptor));
        }

        FullName = $"/{descriptor.Service.FullName}/{descriptor.Name}";
        IsClientStreaming = descriptor.IsClientStreaming;
        IsServerStreaming = descriptor.IsServerStreaming;
        ResponseParser = (MessageParser<TResponse>)descriptor.OutputType.Parser;
    }

    /// <summary>The full name, as <c>/package.Service/Method</c>.</summary>
    public string FullName { get; }

    /// <summary>Whether the client sends many messages.</summary>
    public bool IsClientStreaming { get; }

    /// <summary>Whether the server sends many messages.</summary>
    public bool IsServerStreaming { get; }

    internal MessageParser<TResponse> ResponseParser { get; }

    /// <summary>Refuses the use of a method in a shape that it does not have.</summary>
    internal void RequireShape(bool clientStreaming, bool serverStreaming)
    {
        if (IsClientStreaming != clientStreaming || IsServerStreaming != serverStreaming)
        {
            throw new ArgumentException($"{FullName} has another shape (client streams: {IsClientStreaming}, server streams: {IsServerStreaming}).");
        }
    }
}
