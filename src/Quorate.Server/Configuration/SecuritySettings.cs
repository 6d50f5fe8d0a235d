namespace Quorate.Server.Configuration;

/// <summary>
/// etcd's settings that protect a server and that this one does not have. Passing them over would leave a server open
/// that its operator believes closed, so whoever asks for one is refused.
/// </summary>
public static class SecuritySettings
{
    private const string Tls = "TLS is not supported yet: connections would not be encrypted, nor those who connect be checked. "
        + "Leave it out and let nobody else reach the ports (loopback, a private network, a TLS proxy before the client port)";

    private const string Authentication = "users and passwords are not supported yet: everybody who reaches the client port may read and write. "
        + "Leave it out and let nobody else reach the port";

    private const string Hosts = "requests are not checked by their host name. Leave it out and let nobody else reach the client port";

    /// <summary>All of them, with why they are refused.</summary>
    public static readonly IReadOnlyList<(Setting Setting, string Reason)> All =
    [
        .. ((string[])
        [
            "cert-file", "key-file", "client-cert-file", "client-key-file", "client-cert-auth", "client-crl-file",
            "client-cert-allowed-hostname", "trusted-ca-file", "ca-file", "auto-tls",
            "peer-cert-file", "peer-key-file", "peer-client-cert-file", "peer-client-key-file", "peer-client-cert-auth",
            "peer-trusted-ca-file", "peer-ca-file", "peer-auto-tls", "peer-crl-file", "peer-cert-allowed-cn",
            "peer-cert-allowed-hostname", "peer-skip-client-san-verification", "experimental-peer-skip-client-san-verification",
            "cipher-suites", "tls-min-version", "tls-max-version", "self-signed-cert-validity",
        ]).Select(name => (new Setting(name, "…", "etcd's; refused"), Tls)),
        .. ((string[])["auth-token", "auth-token-ttl", "bcrypt-cost"]).Select(name => (new Setting(name, "…", "etcd's; refused"), Authentication)),
        (new Setting("host-whitelist", "…", "etcd's; refused"), Hosts),
    ];

    /// <summary>One line for each that is asked for. An empty one, and "false", ask for nothing.</summary>
    public static IEnumerable<string> Refusals(SettingsSource source)
    {
        foreach ((Setting setting, string reason) in All)
        {
            if (source.Find(setting) is { } given && !given.Text.Equals("false", StringComparison.OrdinalIgnoreCase))
            {
                yield return $"{given.Origin}: {reason}";
            }
        }
    }
}
