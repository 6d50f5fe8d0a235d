using Google.Protobuf.Reflection;

namespace Quorate.Grpc.Server;

/// <summary>Goes with the route of every method, so that other doors to the same handlers find them.</summary>
internal sealed record MappedMethod(MethodDescriptor Descriptor, ServerMethod Handler);
