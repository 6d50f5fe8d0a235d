namespace Quorate.EndToEnd.Tests.Harness;

/// <summary>A test that needs a program which not every machine has; skipped, and said so, where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsEtcdctlFactAttribute : FactAttribute
{
    public NeedsEtcdctlFactAttribute()
    {
        Skip = Programs.Etcdctl is null ? "etcdctl is not on the PATH: install Debian's etcd-client" : null;
    }

    /// <summary>Whether it says what ours does not do and etcd does: not asked where the tests run against etcd.</summary>
    public bool OursOnly
    {
        get => false;
        init => Skip ??= value && Programs.EtcdInstead is not null ? "etcd does what is refused here" : null;
    }
}

/// <summary>A test with curl; skipped, and said so, where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsCurlFactAttribute : FactAttribute
{
    public NeedsCurlFactAttribute()
    {
        Skip = Programs.Curl is null ? "curl is not on the PATH" : null;
    }
}

/// <summary>A test at a terminal: skipped, and says so, where there is no <c>script</c>, which every Linux has and other systems have with other options.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsTerminalFactAttribute : FactAttribute
{
    public NeedsTerminalFactAttribute()
    {
        Skip = Programs.Script is null ? "script is not on the PATH, or is not that of Linux" : null;
    }
}

/// <summary>A test on the whole package index, which takes minutes: run where QUORATE_FULL_INDEX is set.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FullIndexFactAttribute : FactAttribute
{
    public FullIndexFactAttribute()
    {
        Skip = Environment.GetEnvironmentVariable("QUORATE_FULL_INDEX") is null ? "takes minutes: set QUORATE_FULL_INDEX=1 to run it" : null;
    }
}

/// <summary>A test that counts what Linux counts.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        Skip = OperatingSystem.IsLinux() ? null : "needs /proc";
    }
}
