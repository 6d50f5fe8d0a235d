using Google.Protobuf.Reflection;

namespace Quorate.Grpc.Json;

/// <summary>Where a method is called by JSON.</summary>
/// <param name="Path">The path, as <c>/v3/kv/put</c>.</param>
/// <param name="Method">The method.</param>
public sealed record JsonRoute(string Path, MethodDescriptor Method);
