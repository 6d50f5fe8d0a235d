using Google.Protobuf;
using Google.Protobuf.Reflection;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Tests.Support;

namespace Quorate.Etcd.Tests;

public class ProtocolTests
{
    [Fact]
    public void The_descriptors_name_every_service_with_its_methods()
    {
        FileDescriptor[] files = [RpcReflection.Descriptor, V3LockReflection.Descriptor, V3ElectionReflection.Descriptor];
        string.Join('\n', files.SelectMany(file => file.Services).Select(Describe)).ShouldBe(
            """
            etcdserverpb.KV: Range RangeStream> Put DeleteRange Txn Compact
            etcdserverpb.Watch: >Watch>
            etcdserverpb.Lease: LeaseGrant LeaseRevoke >LeaseKeepAlive> LeaseTimeToLive LeaseLeases
            etcdserverpb.Cluster: MemberAdd MemberRemove MemberUpdate MemberList MemberPromote
            etcdserverpb.Maintenance: Alarm Status Defragment Hash HashKV Snapshot> MoveLeader Downgrade
            etcdserverpb.Auth: AuthEnable AuthDisable AuthStatus Authenticate UserAdd UserGet UserList UserDelete UserChangePassword UserGrantRole UserRevokeRole RoleAdd RoleGet RoleList RoleDelete RoleGrantPermission RoleRevokePermission
            v3lockpb.Lock: Lock Unlock
            v3electionpb.Election: Campaign Proclaim Leader Observe> Resign
            """);
    }

    [Fact]
    public void A_put_travels_in_the_bytes_that_etcd_reads() =>
        Convert.ToHexString(new PutRequest
        {
            Key = Ask.Bytes("k"), Value = Ask.Bytes("v"), Lease = 5, PrevKv = true, IgnoreValue = true, IgnoreLease = true,
        }.ToByteArray()).ShouldBe("0A016B" + "120176" + "1805" + "2001" + "2801" + "3001");

    [Fact]
    public void A_compare_over_a_range_travels_in_the_bytes_that_etcd_reads() =>
        Convert.ToHexString(new Compare
        {
            Result = Compare.Types.CompareResult.NotEqual,
            Target = Compare.Types.CompareTarget.Lease,
            Key = Ask.Bytes("k"),
            Lease = 9,
            RangeEnd = Ask.Bytes("l"),
        }.ToByteArray()).ShouldBe("0803" + "1004" + "1A016B" + "4009" + "8204016C");

    [Fact]
    public void Every_answer_with_a_header_says_so_by_its_type()
    {
        foreach (MessageDescriptor message in RpcReflection.Descriptor.MessageTypes)
        {
            FieldDescriptor? header = message.FindFieldByName("header");
            typeof(IEtcdResponse).IsAssignableFrom(message.ClrType).ShouldBe(header is not null, message.FullName);
            (header?.FieldNumber ?? 1).ShouldBe(1);
        }
    }

    private static string Describe(ServiceDescriptor service) =>
        $"{service.FullName}: {string.Join(' ', service.Methods.Select(Describe))}";

    private static string Describe(MethodDescriptor method) =>
        $"{(method.IsClientStreaming ? ">" : "")}{method.Name}{(method.IsServerStreaming ? ">" : "")}";
}
