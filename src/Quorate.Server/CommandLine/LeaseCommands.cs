using System.CommandLine;
using System.Text.Json;
using Google.Protobuf;
using Quorate.Client;
using Quorate.Etcd.Protocol;
using Record = Quorate.Etcd.Protocol.KeyValue;

namespace Quorate.Server.CommandLine;

/// <summary><c>lease grant</c>, <c>revoke</c>, <c>timetolive</c>, <c>keep-alive</c> and <c>list</c>.</summary>
internal static class LeaseCommands
{
    public static Command Create()
    {
        var command = new Command("lease", "Leases: keys that are put with one go when it ends.");
        foreach (Command part in (IEnumerable<Command>)[Grant(), Revoke(), TimeToLive(), KeepAlive(), List()])
        {
            command.Add(part);
        }

        return command;
    }

    private static Command Grant()
    {
        var command = new Command("grant", "Make a lease, and print its id.");
        var seconds = new Argument<long>("ttl") { Description = "Seconds that it lives unless it is kept alive." };
        var id = new Option<string?>("--id") { Description = "The id that it is to have, in hexadecimal. Default: the server chooses." };
        command.Add(seconds);
        command.Add(id);
        ClientOptions.AddTo(command, async (context, result) =>
        {
            long ttl = result.GetValue(seconds);
            if (ttl is < 1 or > 9_000_000_000)
            {
                return Terminal.Fail(ExitCode.Usage, "a TTL is from 1 to 9000000000 seconds");
            }

            // Not disposed: that would revoke it.
            LeaseHandle lease = await context.Client.GrantLeaseAsync(
                TimeSpan.FromSeconds(ttl), keepAlive: false, result.GetValue(id) is { } text ? LeaseIds.Parse(text) : 0, context.CancellationToken);
            long granted = (long)lease.GrantedTimeToLive.TotalSeconds;
            Print(context, $"lease {LeaseIds.Format(lease.Id)} granted with TTL({granted}s)", json =>
            {
                WriteId(json, lease.Id);
                json.WriteNumber("ttl", granted);
            });
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Revoke()
    {
        Command command = WithId("revoke", "End a lease, and delete its keys.", out Argument<string> id);
        ClientOptions.AddTo(command, async (context, result) =>
        {
            long lease = LeaseIds.Parse(result.GetValue(id)!);
            if (!await context.Client.RevokeLeaseAsync(lease, context.CancellationToken))
            {
                return NotFound(lease);
            }

            Print(context, $"lease {LeaseIds.Format(lease)} revoked", json => WriteId(json, lease));
            return ExitCode.Success;
        });
        return command;
    }

    private static Command TimeToLive()
    {
        Command command = WithId("timetolive", "Print how long a lease has yet.", out Argument<string> id);
        var keys = new Option<bool>("--keys") { Description = "Print its keys as well." };
        command.Add(keys);
        ClientOptions.AddTo(command, async (context, result) =>
        {
            long lease = LeaseIds.Parse(result.GetValue(id)!);
            LeaseTimeToLiveResponse response = await context.Client.LeaseTimeToLiveAsync(lease, result.GetValue(keys), context.CancellationToken);
            if (response.TTL < 0)
            {
                return NotFound(lease);
            }

            if (!context.Json)
            {
                Console.WriteLine($"lease {LeaseIds.Format(lease)} granted with TTL({response.GrantedTTL}s), remaining({response.TTL}s)");
                PlainText.Records(response.Keys.Select(key => new Record { Key = key }), keysOnly: true);
                return ExitCode.Success;
            }

            Print(context, string.Empty, json =>
            {
                WriteId(json, lease);
                json.WriteNumber("granted_ttl", response.GrantedTTL);
                json.WriteNumber("ttl", response.TTL);
                json.WriteStartArray("keys");
                foreach (ByteString key in response.Keys)
                {
                    json.WriteStartObject();
                    JsonText.Bytes(json, "key", key);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return ExitCode.Success;
        });
        return command;
    }

    private static Command KeepAlive()
    {
        Command command = WithId("keep-alive", "Keep a lease alive until it is stopped.", out Argument<string> id);
        var once = new Option<bool>("--once") { Description = "Give it its whole time once, and end." };
        command.Add(once);
        ClientOptions.AddTo(command, async (context, result) =>
        {
            long lease = LeaseIds.Parse(result.GetValue(id)!);
            try
            {
                while (true)
                {
                    LeaseKeepAliveResponse response = await context.Client.KeepLeaseAliveOnceAsync(lease, context.CancellationToken);
                    Print(context, $"lease {LeaseIds.Format(lease)} keepalived with TTL({response.TTL})", json =>
                    {
                        WriteId(json, lease);
                        json.WriteNumber("ttl", response.TTL);
                    });
                    if (result.GetValue(once))
                    {
                        return ExitCode.Success;
                    }

                    await Task.Delay(TimeSpan.FromSeconds(Math.Min(response.TTL, 86_400) / 3.0), context.CancellationToken);
                }
            }
            catch (LeaseLostException)
            {
                return NotFound(lease);
            }
            catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested && !result.GetValue(once))
            {
                return ExitCode.Success;
            }
        });
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "Print the ids of all leases.");
        ClientOptions.AddTo(command, async (context, _) =>
        {
            LeaseLeasesResponse response = await context.Client.LeasesAsync(context.CancellationToken);
            if (!context.Json)
            {
                foreach (LeaseStatus lease in response.Leases)
                {
                    Console.WriteLine(LeaseIds.Format(lease.ID));
                }

                return ExitCode.Success;
            }

            Print(context, string.Empty, json =>
            {
                json.WriteStartArray("leases");
                foreach (LeaseStatus lease in response.Leases)
                {
                    json.WriteStringValue(LeaseIds.Format(lease.ID));
                }

                json.WriteEndArray();
            });
            return ExitCode.Success;
        });
        return command;
    }

    private static Command WithId(string name, string description, out Argument<string> id)
    {
        var command = new Command(name, description);
        id = new Argument<string>("id") { Description = "The lease's id, in hexadecimal." };
        command.Add(id);
        return command;
    }

    private static int NotFound(long lease) => Terminal.Fail(ExitCode.NotFound, $"there is no lease {LeaseIds.Format(lease)}");

    private static void WriteId(Utf8JsonWriter json, long id) => json.WriteString("id", LeaseIds.Format(id));

    private static void Print(ClientContext context, string text, Action<Utf8JsonWriter> write)
    {
        if (!context.Json)
        {
            Console.WriteLine(text);
            return;
        }

        JsonText.WriteLine(json =>
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        });
    }
}
