namespace Quorate.Server.Configuration;

/// <summary>What the environment says to a server: which variables are its settings, and which only look so.</summary>
public static class EnvironmentVariables
{
    /// <summary>Read by the commands that talk to a cluster.</summary>
    private const string Endpoints = "QUORATE_ENDPOINTS";

    /// <summary>Whether a variable that sets something of a server has a value: a container's way to say what it runs.</summary>
    public static bool NameServer(Func<string, string?> variable) =>
        ServerSettings().Any(setting => variable(setting.Variable) is { Length: > 0 } || variable(setting.EtcdVariable) is { Length: > 0 });

    /// <summary>The variables that look like settings and are none, in order; etcdctl's own are none of our concern.</summary>
    public static IReadOnlyList<string> FindUnknown(IEnumerable<string> names)
    {
        var known = ServerSettings().SelectMany(setting => new[] { setting.Variable, setting.EtcdVariable }).Append(Endpoints).ToHashSet(StringComparer.Ordinal);
        return [.. names
            .Where(name => name.StartsWith("QUORATE_", StringComparison.Ordinal) || name.StartsWith("ETCD_", StringComparison.Ordinal))
            .Where(name => !known.Contains(name))
            .Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<Setting> ServerSettings() => Settings.All.Concat(SecuritySettings.All.Select(refused => refused.Setting));
}
