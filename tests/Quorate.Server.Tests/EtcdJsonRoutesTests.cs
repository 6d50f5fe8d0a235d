using Google.Protobuf.Reflection;
using Quorate.Etcd.Protocol;
using Quorate.Server.Services;

namespace Quorate.Server.Tests;

public sealed class EtcdJsonRoutesTests
{
    [Fact]
    public void Every_method_of_etcd_has_a_path_but_the_one_that_has_none_there()
    {
        FileDescriptor[] files = [RpcReflection.Descriptor, V3LockReflection.Descriptor, V3ElectionReflection.Descriptor];
        MethodDescriptor[] without = [.. files.SelectMany(file => file.Services).SelectMany(service => service.Methods).Except(EtcdJsonRoutes.All.Select(route => route.Method))];

        without.Select(method => method.FullName).ShouldBe(["etcdserverpb.KV.RangeStream"]);
    }

    [Fact]
    public void No_path_leads_to_two_methods()
    {
        EtcdJsonRoutes.All.Select(route => route.Path).ShouldBeUnique();
        EtcdJsonRoutes.All.ShouldAllBe(route => route.Path.StartsWith(EtcdJsonRoutes.Prefix + "/"));
    }
}
