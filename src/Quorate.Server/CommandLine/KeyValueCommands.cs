using System.CommandLine;
using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Record = Quorate.Etcd.Protocol.KeyValue;
using Quorate.Server.Transactions;

namespace Quorate.Server.CommandLine;

/// <summary><c>put</c>, <c>get</c>, <c>del</c>, <c>txn</c> and <c>compact</c>.</summary>
internal static class KeyValueCommands
{
    public static IEnumerable<Command> Create() => [Put(), Get(), Delete(), Transaction(), Compact()];

    private static Command Put()
    {
        var command = new Command("put", "Write a key.");
        var key = new Argument<string>("key") { Description = "The key." };
        var value = new Argument<string?>("value")
        {
            Description = "The value; - or none reads it from standard input. After --, a value may begin with dashes.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var previous = new Option<bool>("--prev-kv") { Description = "Print what the key was before." };
        var lease = new Option<string?>("--lease") { Description = "The lease with which the key goes, in hexadecimal." };
        var ignoreValue = new Option<bool>("--ignore-value") { Description = "Keep the value that the key has; it must exist, and no value be given." };
        var ignoreLease = new Option<bool>("--ignore-lease") { Description = "Keep the lease that the key has; it must exist." };
        command.Add(key);
        command.Add(value);
        command.Add(previous);
        command.Add(lease);
        command.Add(ignoreValue);
        command.Add(ignoreLease);
        ClientOptions.AddTo(command, async (context, result) =>
        {
            string? text = result.GetValue(value);
            bool keepsValue = result.GetValue(ignoreValue);
            if (text is not null && keepsValue)
            {
                return Terminal.Fail(ExitCode.Usage, "--ignore-value keeps the value that the key has; give none");
            }

            ByteString? bytes = keepsValue ? ByteString.Empty : await ValueAsync(text, context.CancellationToken);
            if (bytes is null)
            {
                return Terminal.Fail(
                    ExitCode.Usage, "the value is missing: give it after the key, or on standard input; '' is one that is empty");
            }

            var request = new PutRequest
            {
                Key = RawText.Encode(result.GetValue(key)!),
                Value = bytes,
                PrevKv = result.GetValue(previous),
                Lease = result.GetValue(lease) is { } id ? LeaseIds.Parse(id) : 0,
                IgnoreValue = keepsValue,
                IgnoreLease = result.GetValue(ignoreLease),
            };
            PutResponse response = await context.Client.PutAsync(request, context.CancellationToken);
            Record[] before = response.PrevKv is null ? [] : [response.PrevKv];
            if (context.Json)
            {
                JsonText.WriteLine(json =>
                {
                    json.WriteStartObject();
                    JsonText.Header(json, response.Header);
                    JsonText.Records(json, before);
                    json.WriteEndObject();
                });
            }
            else
            {
                Console.WriteLine("OK");
                PlainText.Records(before);
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static Command Get()
    {
        var command = new Command("get", "Read a key, or a range of keys.");
        var range = new KeyRangeOptions(command);
        var revision = new Option<long>("--rev") { Description = "Read as of this revision; 0 for the present." };
        var limit = new Option<long>("--limit") { Description = "Most keys; 0 for all." };
        var keysOnly = new Option<bool>("--keys-only") { Description = "Print no values." };
        var valueOnly = new Option<bool>("--value-only", "--print-value-only") { Description = "Print values only." };
        var countOnly = new Option<bool>("--count-only") { Description = "Print only how many keys there are." };
        var serializable = new Option<bool>("--serializable") { Description = "What the asked member has is enough: faster, may be stale." };
        command.Add(revision);
        command.Add(limit);
        command.Add(keysOnly);
        command.Add(valueOnly);
        command.Add(countOnly);
        command.Add(serializable);
        ClientOptions.AddTo(command, async (context, result) =>
        {
            (ByteString key, ByteString end) = range.Read(result);
            RangeResponse response = await context.Client.RangeAsync(
                new RangeRequest
                {
                    Key = key,
                    RangeEnd = end,
                    Revision = result.GetValue(revision),
                    Limit = result.GetValue(limit),
                    KeysOnly = result.GetValue(keysOnly),
                    CountOnly = result.GetValue(countOnly),
                    Serializable = result.GetValue(serializable),
                },
                context.CancellationToken);
            if (context.Json)
            {
                JsonText.WriteLine(json =>
                {
                    json.WriteStartObject();
                    JsonText.Header(json, response.Header);
                    JsonText.Records(json, response.Kvs);
                    json.WriteNumber("count", response.Count);
                    json.WriteBoolean("more", response.More);
                    json.WriteEndObject();
                });
            }
            else if (result.GetValue(countOnly))
            {
                Console.WriteLine(response.Count);
            }
            else
            {
                PlainText.Records(response.Kvs, result.GetValue(keysOnly), result.GetValue(valueOnly));
            }

            return response.Count == 0 && end.IsEmpty ? ExitCode.NotFound : ExitCode.Success;
        });
        return command;
    }

    private static Command Delete()
    {
        var command = new Command("del", "Delete a key, or a range of keys; prints how many there were.");
        var range = new KeyRangeOptions(command);
        var previous = new Option<bool>("--prev-kv") { Description = "Print what was deleted." };
        command.Add(previous);
        ClientOptions.AddTo(command, async (context, result) =>
        {
            (ByteString key, ByteString end) = range.Read(result);
            DeleteRangeResponse response = await context.Client.DeleteAsync(
                new DeleteRangeRequest { Key = key, RangeEnd = end, PrevKv = result.GetValue(previous) }, context.CancellationToken);
            if (context.Json)
            {
                JsonText.WriteLine(json =>
                {
                    json.WriteStartObject();
                    JsonText.Header(json, response.Header);
                    json.WriteNumber("deleted", response.Deleted);
                    JsonText.Records(json, response.PrevKvs);
                    json.WriteEndObject();
                });
            }
            else
            {
                Console.WriteLine(response.Deleted);
                PlainText.Records(response.PrevKvs);
            }

            return response.Deleted == 0 && end.IsEmpty ? ExitCode.NotFound : ExitCode.Success;
        });
        return command;
    }

    private static Command Transaction()
    {
        var command = new Command("txn", "Carry out a transaction: compares, an empty line, operations if all hold, an empty line, operations otherwise. Prints SUCCESS or FAILURE for how the compares came out; the exit code is 0 either way.");
        var file = new Argument<string?>("file") { Description = "File to read it from. Default: standard input.", Arity = ArgumentArity.ZeroOrOne };
        command.Add(file);
        ClientOptions.AddTo(command, async (context, result) =>
        {
            string? path = result.GetValue(file);
            await using Stream input = path is null or "-" ? Console.OpenStandardInput() : InputFile.Open(path);
            ByteString bytes = await ByteString.FromStreamAsync(input, context.CancellationToken);
            using var script = new StringReader(RawText.Decode(bytes.Span));
            TxnResponse response = await context.Client.TxnAsync(TransactionScript.Parse(script), context.CancellationToken);
            if (context.Json)
            {
                JsonText.WriteLine(json =>
                {
                    json.WriteStartObject();
                    JsonText.Header(json, response.Header);
                    json.WriteBoolean("succeeded", response.Succeeded);
                    json.WriteStartArray("responses");
                    foreach (ResponseOp operation in response.Responses)
                    {
                        JsonText.Response(json, operation);
                    }

                    json.WriteEndArray();
                    json.WriteEndObject();
                });
                return ExitCode.Success;
            }

            Console.WriteLine(response.Succeeded ? "SUCCESS" : "FAILURE");
            foreach (ResponseOp operation in response.Responses)
            {
                switch (operation.ResponseCase)
                {
                    case ResponseOp.ResponseOneofCase.ResponseRange:
                        PlainText.Records(operation.ResponseRange.Kvs);
                        break;
                    case ResponseOp.ResponseOneofCase.ResponseDeleteRange:
                        Console.WriteLine(operation.ResponseDeleteRange.Deleted);
                        break;
                    default:
                        Console.WriteLine("OK");
                        break;
                }
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static Command Compact()
    {
        var command = new Command("compact", "Forget what keys were before a revision.");
        var revision = new Argument<long>("revision") { Description = "The oldest revision that can still be read afterwards." };
        var physical = new Option<bool>("--physical") { Description = "Wait until it is gone from memory as well." };
        command.Add(revision);
        command.Add(physical);
        ClientOptions.AddTo(command, async (context, result) =>
        {
            long compacted = result.GetValue(revision);
            CompactionResponse response = await context.Client.CompactAsync(compacted, result.GetValue(physical), context.CancellationToken);
            if (context.Json)
            {
                JsonText.WriteLine(json =>
                {
                    json.WriteStartObject();
                    JsonText.Header(json, response.Header);
                    json.WriteEndObject();
                });
            }
            else
            {
                Console.WriteLine($"compacted revision {compacted}");
            }

            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>
    /// The value that an argument stands for. Without the argument it is what standard input has, as with etcdctl, and as there
    /// nothing is no value: where a script forgets it, standard input is often empty. Nor is a person kept waiting who forgets it.
    /// </summary>
    /// <returns>Null if there is none.</returns>
    private static async Task<ByteString?> ValueAsync(string? argument, CancellationToken cancellationToken)
    {
        if (argument is not (null or "-"))
        {
            return RawText.Encode(argument);
        }

        if (argument is null && !Console.IsInputRedirected)
        {
            return null;
        }

        await using Stream input = Console.OpenStandardInput();
        ByteString value = await ByteString.FromStreamAsync(input, cancellationToken);
        return argument is null && value.IsEmpty ? null : value;
    }
}
