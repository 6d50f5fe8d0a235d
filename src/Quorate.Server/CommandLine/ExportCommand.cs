using System.Buffers;
using System.CommandLine;
using Google.Protobuf;
using Quorate.Client;
using Quorate.Etcd.Protocol;
using Record = Quorate.Etcd.Protocol.KeyValue;
using Quorate.Server.Import;

namespace Quorate.Server.CommandLine;

/// <summary><c>quorate export</c>: writes all records of one revision, in order of key.</summary>
internal static class ExportCommand
{
    /// <summary>Records asked for at a time.</summary>
    private const int PageRecords = 1_000;

    public static Command Create()
    {
        var command = new Command("export", "Write the records of one revision as lines that import reads.");
        var file = new Argument<string?>("file") { Description = "File to write; it appears, or is replaced, once it is whole. Default: standard output.", Arity = ArgumentArity.ZeroOrOne };
        var prefix = new Option<string>("--prefix") { Description = "Only keys that begin with this.", DefaultValueFactory = _ => string.Empty };
        var revision = new Option<long>("--rev") { Description = "The revision; 0 for the present." };
        var format = new Option<string>("--format") { Description = "json or key-value.", DefaultValueFactory = _ => "json" };
        format.AcceptOnlyFromAmong("json", "key-value");
        command.Add(file);
        command.Add(prefix);
        command.Add(revision);
        command.Add(format);
        ClientOptions.AddTo(command, async (context, result) =>
        {
            string? path = result.GetValue(file);
            bool isJson = result.GetValue(format) == "json";
            ByteString start = RawText.Encode(result.GetValue(prefix)!);
            ByteString end = KeyRange.EndOfPrefix(start);
            Task<long> WriteToAsync(Stream output) =>
                WriteAsync(context, output, start.IsEmpty ? ByteString.CopyFrom(0) : start, end, result.GetValue(revision), isJson);
            if (path is null or "-")
            {
                await using Stream output = Console.OpenStandardOutput();
                await WriteToAsync(output);
                return ExitCode.Success;
            }

            await using AsideFile whole = AsideFile.Create(path);
            long records = await WriteToAsync(whole.Stream);
            await whole.CompleteAsync(context.CancellationToken);
            await Console.Error.WriteLineAsync($"exported {records} records");
            return ExitCode.Success;
        });
        return command;
    }

    private static async Task<long> WriteAsync(ClientContext context, Stream output, ByteString start, ByteString end, long revision, bool isJson)
    {
        var lines = new ArrayBufferWriter<byte>();
        long records = 0;
        while (true)
        {
            // The first page fixes the revision, so that all pages are of one state.
            RangeResponse page = await context.Client.RangeAsync(
                new RangeRequest { Key = start, RangeEnd = end, Revision = revision, Limit = PageRecords }, context.CancellationToken);
            revision = revision == 0 ? page.Header.Revision : revision;
            foreach (Record record in page.Kvs)
            {
                if (isJson)
                {
                    RecordLine.WriteJson(lines, record.Key.Span, record.Value.Span);
                }
                else
                {
                    RecordLine.WriteKeyValue(lines, record.Key.Span, record.Value.Span);
                }
            }

            await output.WriteAsync(lines.WrittenMemory, context.CancellationToken);
            lines.ResetWrittenCount();
            records += page.Kvs.Count;
            if (!page.More || page.Kvs.Count == 0)
            {
                return records;
            }

            start = ByteString.CopyFrom([.. page.Kvs[^1].Key.Span, 0]);
        }
    }
}
