namespace Quorate.Client;

/// <summary>Which servers a client asks, and how long it tries.</summary>
public sealed class QuorateClientOptions
{
    /// <summary>The port that an endpoint without one means: etcd's client port.</summary>
    public const int DefaultPort = 2379;

    /// <summary>The members' client addresses, as <c>host:port</c> or as URLs. At least one.</summary>
    public IReadOnlyList<string> Endpoints { get; set; } = [];

    /// <summary>
    /// Whether a client begins with any of the endpoints, so that many clients of the same list spread over the members.
    /// If not, it begins with the first.
    /// </summary>
    public bool StartAnywhere { get; set; }

    /// <summary>How long one operation may take with all its attempts.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long one attempt of a read may take before the next endpoint is asked. A write has no such bound,
    /// since it could not be tried elsewhere without the danger of carrying it out twice.
    /// </summary>
    public TimeSpan ReadAttemptTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long an endpoint that has not answered yet may take to answer a small question before the next is tried. It
    /// finds out in time that a process hangs, before anything is sent that may not be sent twice. A sole endpoint is
    /// given half of <see cref="Timeout"/>.
    /// </summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a client waits after it has asked every endpoint in vain; doubled after every further round.</summary>
    public TimeSpan RetryPause { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>What <see cref="RetryPause"/> grows to at most.</summary>
    public TimeSpan RetryPauseMax { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a connection may take to come about.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// After how long a silence on a connection with calls the server is asked whether it is there, by a ping of HTTP/2.
    /// etcd's servers close connections that do so more often than every 5 seconds.
    /// </summary>
    public TimeSpan KeepAlivePingDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the answer to that may take before the connection counts as lost.</summary>
    public TimeSpan KeepAlivePingTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// After how long a silence on a stream of watches the member is asked for a sign of life; when none has come after
    /// the same time again, the watches go on at the next endpoint. It finds members whose process is there but hangs.
    /// </summary>
    public TimeSpan WatchSilence { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether watches and keep-alives leave a member that knows no leader, as one does that is cut off from the others.
    /// If not, a watch stays with such a member, and learns nothing new until the cut has healed.
    /// </summary>
    public bool RequireLeader { get; set; } = true;

    /// <summary>The clock by which leases are kept alive and count as lost, and streams as silent.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>The address that a text such as <c>10.0.0.1:2379</c> or <c>http://host:2379</c> means.</summary>
    /// <exception cref="ArgumentException">The text means none, or one that asks for TLS.</exception>
    public static Uri ParseEndpoint(string endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        string text = endpoint.Trim();
        bool hasScheme = text.Contains("://", StringComparison.Ordinal);
        if (!Uri.TryCreate(hasScheme ? text : "http://" + text, UriKind.Absolute, out Uri? address) || address.Host.Length == 0)
        {
            throw new ArgumentException($"'{endpoint}' is no endpoint; one looks like 127.0.0.1:2379 or http://127.0.0.1:2379.", nameof(endpoint));
        }

        if (address.Scheme == Uri.UriSchemeHttps)
        {
            throw new ArgumentException($"'{endpoint}' asks for TLS, which this client does not speak yet; use http://.", nameof(endpoint));
        }

        if (address.Scheme != Uri.UriSchemeHttp)
        {
            throw new ArgumentException($"'{endpoint}' is no endpoint: '{address.Scheme}' is not http.", nameof(endpoint));
        }

        if (address.AbsolutePath != "/" || address.Query.Length > 0)
        {
            throw new ArgumentException($"'{endpoint}' is no endpoint: it has a path, and an endpoint is a host and a port.", nameof(endpoint));
        }

        // A URL that names the scheme's own port cannot be told from one without a port by the Uri.
        bool hasPort = !address.IsDefaultPort || text.TrimEnd('/').EndsWith(":80", StringComparison.Ordinal);
        return hasPort ? address : new UriBuilder(address) { Port = DefaultPort }.Uri;
    }
}
