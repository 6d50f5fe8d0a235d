using Quorate.Etcd.Protocol;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Quorate.Server.Services;

/// <summary>The descriptors of etcd's services.</summary>
internal static class EtcdServices
{
    public static ServiceDescriptor KeyValue { get; } = Find("KV");

    public static ServiceDescriptor Cluster { get; } = Find("Cluster");

    public static ServiceDescriptor Watch { get; } = Find("Watch");

    public static ServiceDescriptor Maintenance { get; } = Find("Maintenance");

    public static ServiceDescriptor Auth { get; } = Find("Auth");

    public static ServiceDescriptor Lease { get; } = Find("Lease");

    public static ServiceDescriptor Lock { get; } = V3LockReflection.Descriptor.Services.Single();

    public static ServiceDescriptor Election { get; } = V3ElectionReflection.Descriptor.Services.Single();

    private static ServiceDescriptor Find(string name) => RpcReflection.Descriptor.Services.Single(service => service.Name == name);
}
