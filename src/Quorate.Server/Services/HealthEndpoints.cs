using System.Text.Json;
using Quorate.Etcd;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Requests;
using Quorate.Replica;

namespace Quorate.Server.Services;

/// <summary>
/// The plain HTTP answers that probes and operators ask for: <c>/health</c> as etcd has it, <c>/livez</c> and
/// <c>/readyz</c> as Kubernetes has them, <c>/version</c>.
/// </summary>
internal static class HealthEndpoints
{
    /// <summary>etcd's word for it, which probes may look for.</summary>
    private const string NoLeader = "RAFT NO LEADER";

    private static readonly TimeSpan s_probeTimeout = TimeSpan.FromSeconds(5);

    public static void Map(IEndpointRouteBuilder endpoints, EtcdFront front, Func<ReplicaStatus> status)
    {
        endpoints.MapRead("/health", async http =>
        {
            bool serializable = http.Request.Query["serializable"] == "true";
            var excluded = http.Request.Query["exclude"];
            string? reason = AlarmReason(front.Maintenance, type => excluded.Contains(MaintenanceRequests.NameOf(type)))
                ?? await ProbeAsync(front.KeyValue, serializable, status);
            http.Response.StatusCode = reason is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(JsonSerializer.Serialize(new { health = reason is null ? "true" : "false", reason = reason ?? string.Empty }));
        });
        MapProbe(endpoints, "/livez", () => ProbeAsync(front.KeyValue, serializable: true, status));
        MapProbe(endpoints, "/readyz", async () =>
            AlarmReason(front.Maintenance, type => type != AlarmType.Corrupt) ?? await ProbeAsync(front.KeyValue, serializable: false, status));
        endpoints.MapRead("/version", async http =>
        {
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(JsonSerializer.Serialize(new { etcdserver = EtcdCompatibility.Version, etcdcluster = EtcdCompatibility.Version, storage = EtcdCompatibility.Version, quorate = ServerVersion.Text }));
        });
    }

    /// <summary>Answers GET, and HEAD with the same headers and no body, which the server leaves out by itself.</summary>
    public static void MapRead(this IEndpointRouteBuilder endpoints, string path, RequestDelegate handler) =>
        endpoints.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], handler);

    private static void MapProbe(IEndpointRouteBuilder endpoints, string path, Func<Task<string?>> probe) =>
        endpoints.MapRead(path, async http =>
        {
            string? reason = await probe();
            http.Response.StatusCode = reason is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            http.Response.ContentType = "text/plain; charset=utf-8";
            await http.Response.WriteAsync(reason is null ? "ok\n" : $"failed: {reason}\n");
        });

    /// <summary>
    /// An alarm makes a member unhealthy, whichever member has raised it. Only a corrupt cluster is not ready: a full one
    /// still answers reads and can be emptied, so traffic is not to be taken from it.
    /// </summary>
    private static string? AlarmReason(MaintenanceRequests maintenance, Func<AlarmType, bool> isExcluded) => maintenance.FirstAlarm(isExcluded) switch
    {
        null => null,
        AlarmType.Nospace => "ALARM NOSPACE",
        AlarmType.Corrupt => "ALARM CORRUPT",
        _ => "ALARM UNKNOWN",
    };

    /// <summary>
    /// Reads a key that need not exist: null where that works, else why not. Without a leader that is said at once, as etcd
    /// does, and not after the time that a read would wait for one: whoever probes may have less patience.
    /// </summary>
    private static async Task<string?> ProbeAsync(KeyValueRequests keyValue, bool serializable, Func<ReplicaStatus> status)
    {
        ReplicaStatus now = status();
        if (now.Failure is { } stopped)
        {
            return stopped;
        }

        if (!serializable && now.LeaderId.IsNone)
        {
            return NoLeader;
        }

        var probe = new Probe();
        keyValue.Range(
            new RangeRequest { Key = Google.Protobuf.ByteString.CopyFromUtf8("health"), CountOnly = true, Serializable = serializable }, probe);
        return await probe.Outcome;
    }

    private sealed class Probe : EtcdCall<RangeResponse>
    {
        private readonly TaskCompletionSource<string?> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string?> Outcome => _outcome.Task;

        public override TimeSpan? Timeout => s_probeTimeout;

        protected override void Succeeded(RangeResponse response) => _outcome.TrySetResult(null);

        protected override void Failed(EtcdError error) => _outcome.TrySetResult(error.Text);
    }
}
