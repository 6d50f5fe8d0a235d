using Google.Protobuf.Reflection;
using Quorate.Etcd.Protocol;
using Quorate.Grpc.Json;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Quorate.Server.Services;

/// <summary>The paths of etcd's JSON gateway. <c>RangeStream</c> has none in etcd either.</summary>
internal static class EtcdJsonRoutes
{
    /// <summary>What all paths begin with.</summary>
    public const string Prefix = "/v3";

    /// <summary>What they began with in etcd 3.3; requests for it are taken for those of <see cref="Prefix"/>.</summary>
    public const string FormerPrefix = "/v3beta";

    /// <summary>All of them, whether or not their services are mapped.</summary>
    public static IReadOnlyList<JsonRoute> All { get; } =
    [
        .. Of(
            RpcReflection.Descriptor,
            "KV",
            ("kv/range", "Range"),
            ("kv/put", "Put"),
            ("kv/deleterange", "DeleteRange"),
            ("kv/txn", "Txn"),
            ("kv/compaction", "Compact")),
        .. Of(RpcReflection.Descriptor, "Watch", ("watch", "Watch")),
        .. Of(
            RpcReflection.Descriptor,
            "Lease",
            ("lease/grant", "LeaseGrant"),
            ("lease/revoke", "LeaseRevoke"),
            ("kv/lease/revoke", "LeaseRevoke"),
            ("lease/keepalive", "LeaseKeepAlive"),
            ("lease/timetolive", "LeaseTimeToLive"),
            ("kv/lease/timetolive", "LeaseTimeToLive"),
            ("lease/leases", "LeaseLeases"),
            ("kv/lease/leases", "LeaseLeases")),
        .. Of(
            RpcReflection.Descriptor,
            "Cluster",
            ("cluster/member/add", "MemberAdd"),
            ("cluster/member/remove", "MemberRemove"),
            ("cluster/member/update", "MemberUpdate"),
            ("cluster/member/list", "MemberList"),
            ("cluster/member/promote", "MemberPromote")),
        .. Of(
            RpcReflection.Descriptor,
            "Maintenance",
            ("maintenance/alarm", "Alarm"),
            ("maintenance/status", "Status"),
            ("maintenance/defragment", "Defragment"),
            ("maintenance/hash", "Hash"),
            ("maintenance/hashkv", "HashKV"),
            ("maintenance/snapshot", "Snapshot"),
            ("maintenance/transfer-leadership", "MoveLeader"),
            ("maintenance/downgrade", "Downgrade")),
        .. Of(
            RpcReflection.Descriptor,
            "Auth",
            ("auth/enable", "AuthEnable"),
            ("auth/disable", "AuthDisable"),
            ("auth/status", "AuthStatus"),
            ("auth/authenticate", "Authenticate"),
            ("auth/user/add", "UserAdd"),
            ("auth/user/get", "UserGet"),
            ("auth/user/list", "UserList"),
            ("auth/user/delete", "UserDelete"),
            ("auth/user/changepw", "UserChangePassword"),
            ("auth/user/grant", "UserGrantRole"),
            ("auth/user/revoke", "UserRevokeRole"),
            ("auth/role/add", "RoleAdd"),
            ("auth/role/get", "RoleGet"),
            ("auth/role/list", "RoleList"),
            ("auth/role/delete", "RoleDelete"),
            ("auth/role/grant", "RoleGrantPermission"),
            ("auth/role/revoke", "RoleRevokePermission")),
        .. Of(V3LockReflection.Descriptor, "Lock", ("lock/lock", "Lock"), ("lock/unlock", "Unlock")),
        .. Of(
            V3ElectionReflection.Descriptor,
            "Election",
            ("election/campaign", "Campaign"),
            ("election/proclaim", "Proclaim"),
            ("election/leader", "Leader"),
            ("election/observe", "Observe"),
            ("election/resign", "Resign")),
    ];

    private static IEnumerable<JsonRoute> Of(FileDescriptor file, string serviceName, params (string Path, string Method)[] routes)
    {
        ServiceDescriptor service = file.Services.Single(candidate => candidate.Name == serviceName);
        return routes.Select(route => new JsonRoute(
            $"{Prefix}/{route.Path}",
            service.FindMethodByName(route.Method) ?? throw new InvalidOperationException($"{service.FullName} has no method {route.Method}.")));
    }
}
