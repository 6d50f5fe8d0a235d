namespace Quorate.Client.Tests;

/// <summary>A test against etcd's own server; skipped, and said so, where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsEtcdFactAttribute : FactAttribute
{
    public NeedsEtcdFactAttribute()
    {
        Skip = EtcdProcesses.Server is null || EtcdProcesses.CommandLine is null
            ? "etcd and etcdctl are not on the PATH: install Debian's etcd-server and etcd-client"
            : null;
    }
}
