using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.EndToEnd.Tests.Clients;

/// <summary>What the clients offer and this server does not serve yet. Their tests are written, pass against etcd, and are skipped.</summary>
internal static class NotYet
{
    public const string Alarm = "alarm";
    public const string Auth = "auth";
    public const string Snapshot = "snapshot";

    /// <summary>What etcd serves: a test that it is not served here is none of etcd.</summary>
    public const string Elsewhere = "etcd does what is not served here";

    private static readonly string[] s_services = Programs.EtcdInstead is null ? [] : [Elsewhere];

    /// <summary>For the scripts.</summary>
    public static string List => string.Join(',', s_services);

    /// <summary>Why a test is skipped; null where it is not.</summary>
    public static string? Reason(string? service) => s_services.Contains(service) ? $"not yet: {service}" : null;
}
