using System.CommandLine;
using System.Text.Json;
using Google.Protobuf;
using Quorate.Client;

namespace Quorate.Server.CommandLine;

/// <summary><c>quorate watch</c>: prints what happens to keys until it is stopped.</summary>
internal static class WatchCommand
{
    public static Command Create()
    {
        var command = new Command("watch", "Print what happens to a key, or to a range of keys, until it is stopped. Goes on at another member when one fails.");
        var range = new KeyRangeOptions(command);
        var revision = new Option<long>("--rev") { Description = "The first revision whose events are printed; 0 for those to come." };
        var previous = new Option<bool>("--prev-kv") { Description = "Print what the key was before." };
        var progress = new Option<bool>("--progress-notify") { Description = "Print now and then up to which revision all is seen, also when nothing happens." };
        command.Add(revision);
        command.Add(previous);
        command.Add(progress);
        ClientOptions.AddTo(command, async (context, result) =>
        {
            (ByteString key, ByteString end) = range.Read(result);
            var options = new WatchOptions
            {
                StartRevision = result.GetValue(revision),
                PreviousValues = result.GetValue(previous),
                ProgressNotify = result.GetValue(progress),
            };
            bool isInPlace = false;
            try
            {
                await foreach (WatchBatch batch in context.Client.WatchBatchesAsync(new KeyRange(key, end), options, context.CancellationToken))
                {
                    if (context.Json)
                    {
                        // Also the first, without events, by which a script knows that nothing is missed from there on.
                        JsonText.WriteLine(json => Write(json, batch));
                    }
                    else if (!batch.IsBookmark)
                    {
                        Print(batch);
                    }
                    else if (isInPlace)
                    {
                        Console.WriteLine($"progress notify: {batch.ResumeRevision - 1}");
                    }

                    isInPlace = true;
                }
            }
            catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
            {
                // To be stopped is how it ends.
            }
            catch (CompactedException e)
            {
                return Terminal.Fail(ExitCode.Failed, $"the events that come next are compacted away; --rev {e.CompactRevision} is the oldest there is");
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static void Print(WatchBatch batch)
    {
        using Stream output = Console.OpenStandardOutput();
        using var buffered = new BufferedStream(output);
        foreach (WatchEvent happened in batch.Events)
        {
            // As etcdctl does: what happened, what was before where that was asked for, and what is now.
            Line(buffered, happened.Type == WatchEventType.Put ? "PUT"u8 : "DELETE"u8);
            if (happened.Previous is { } before)
            {
                Line(buffered, before.Key.Span);
                Line(buffered, before.Value.Span);
            }

            Line(buffered, happened.KeyValue.Key.Span);
            Line(buffered, happened.KeyValue.Value.Span);
        }
    }

    private static void Line(Stream output, ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        output.WriteByte((byte)'\n');
    }

    private static void Write(Utf8JsonWriter json, WatchBatch batch)
    {
        json.WriteStartObject();
        JsonText.Header(json, batch.Header);
        json.WriteNumber("resume_revision", batch.ResumeRevision);
        json.WriteStartArray("events");
        foreach (WatchEvent happened in batch.Events)
        {
            json.WriteStartObject();
            json.WriteString("type", happened.Type == WatchEventType.Put ? "PUT" : "DELETE");
            JsonText.Record(json, "kv", happened.KeyValue);
            if (happened.Previous is { } before)
            {
                JsonText.Record(json, "prev_kv", before);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
