using System.CommandLine;
using System.ComponentModel;
using System.Globalization;
using Google.Protobuf;
using Quorate.Client;
using Record = Quorate.Etcd.Protocol.KeyValue;

namespace Quorate.Server.CommandLine;

/// <summary><c>lock</c> and <c>elect</c>.</summary>
internal static class CoordinationCommands
{
    public static IEnumerable<Command> Create() => [Lock(), Elect()];

    private static Command Lock()
    {
        var command = new Command("lock", "Wait for a lock; print its key and hold it until stopped, or run a command while it is held and hand on its exit code.");
        var name = new Argument<string>("name") { Description = "The name of the lock." };
        var run = new Argument<string[]>("command")
        {
            Description = "The command, and after -- its options. It finds QUORATE_LOCK_KEY and QUORATE_LOCK_TOKEN, the fencing token, in its environment, and is ended when the lock is lost.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<int> ttl = TimeToLive();
        command.Add(name);
        command.Add(run);
        command.Add(ttl);
        ClientOptions.AddTo(command, async (context, result) =>
        {
            await using LockHandle? held = await UnlessStoppedAsync(
                context, context.Client.LockAsync(result.GetValue(name)!, Options(result.GetValue(ttl)), context.CancellationToken));
            if (held is null)
            {
                return Terminal.Fail(ExitCode.Failed, "stopped before the lock was held");
            }

            if (result.GetValue(run) is not { Length: > 0 } commandLine)
            {
                Print(context, held.Key, ByteString.Empty, held.FencingToken);
                return await HoldAsync(held.Lost, context.CancellationToken) ? Lost("lock") : ExitCode.Success;
            }

            (string, string)[] variables =
            [
                ("QUORATE_LOCK_KEY", held.Key.ToStringUtf8()),
                ("QUORATE_LOCK_TOKEN", held.FencingToken.ToString(CultureInfo.InvariantCulture)),
                // What programs written for etcdctl lock look for.
                ("ETCD_LOCK_KEY", held.Key.ToStringUtf8()),
                ("ETCD_LOCK_REV", held.FencingToken.ToString(CultureInfo.InvariantCulture)),
            ];
            try
            {
                return await HeldProcess.RunAsync(commandLine, variables, held.Lost, context.CancellationToken) ?? Lost("lock");
            }
            catch (Win32Exception e)
            {
                return Terminal.Fail(ExitCode.Failed, $"'{commandLine[0]}' cannot be run: {e.Message}");
            }
        });
        return command;
    }

    private static Command Elect()
    {
        var command = new Command("elect", "Run for an election with a value; once elected print it and lead until stopped. With --listen print who leads, as it changes.");
        var name = new Argument<string>("name") { Description = "The name of the election." };
        var value = new Argument<string?>("value") { Description = "What those who listen are told.", Arity = ArgumentArity.ZeroOrOne };
        var listen = new Option<bool>("--listen", "-l") { Description = "Take no part." };
        Option<int> ttl = TimeToLive();
        command.Add(name);
        command.Add(value);
        command.Add(listen);
        command.Add(ttl);
        ClientOptions.AddTo(command, async (context, result) =>
        {
            string election = result.GetValue(name)!;
            string? proposal = result.GetValue(value);
            if (result.GetValue(listen) == (proposal is not null))
            {
                return Terminal.Fail(ExitCode.Usage, "give either a value, to run for the election, or --listen");
            }

            if (proposal is not null)
            {
                await using LeadershipHandle? leadership = await UnlessStoppedAsync(
                    context, context.Client.CampaignAsync(election, proposal, Options(result.GetValue(ttl)), context.CancellationToken));
                if (leadership is null)
                {
                    return Terminal.Fail(ExitCode.Failed, "stopped before it was elected");
                }

                Print(context, leadership.Key, ByteString.CopyFromUtf8(proposal), leadership.FencingToken);
                return await HoldAsync(leadership.Lost, context.CancellationToken) ? Lost("leadership") : ExitCode.Success;
            }

            try
            {
                await foreach (Record leader in context.Client.ObserveAsync(election, context.CancellationToken))
                {
                    Print(context, leader.Key, leader.Value, leader.CreateRevision);
                }
            }
            catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
            {
                // To be stopped is how it ends.
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static Option<int> TimeToLive()
    {
        var option = new Option<int>("--ttl") { Description = "Seconds that others wait when this process dies without a word.", DefaultValueFactory = _ => 15 };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out int seconds) && seconds < 1)
            {
                result.AddError("--ttl must be 1 second or more");
            }
        });
        return option;
    }

    private static LockOptions Options(int seconds) => new() { TimeToLive = TimeSpan.FromSeconds(seconds) };

    private static int Lost(string what) => Terminal.Fail(ExitCode.Failed, $"the {what} is lost: its lease has ended, or its key was deleted");

    /// <summary>Null if this process is to stop while it waits: who gives up has left the line, and holds nothing.</summary>
    private static async Task<T?> UnlessStoppedAsync<T>(ClientContext context, Task<T> waiting)
        where T : class
    {
        try
        {
            return await waiting;
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>True once it is lost, false when this process is to stop.</summary>
    private static async Task<bool> HoldAsync(CancellationToken lost, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lost, stopping);
        await Task.Delay(Timeout.Infinite, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !stopping.IsCancellationRequested;
    }

    private static void Print(ClientContext context, ByteString key, ByteString value, long token)
    {
        if (!context.Json)
        {
            PlainText.Records([new Record { Key = key, Value = value }], keysOnly: value.IsEmpty);
            return;
        }

        JsonText.WriteLine(json =>
        {
            json.WriteStartObject();
            JsonText.Bytes(json, "key", key);
            JsonText.Bytes(json, "value", value);
            json.WriteNumber("fencing_token", token);
            json.WriteEndObject();
        });
    }
}
