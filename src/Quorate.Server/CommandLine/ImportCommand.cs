using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using Quorate.Client;
using Quorate.Etcd;
using Quorate.Etcd.Protocol;
using Quorate.Server.Import;
using Spectre.Console;

namespace Quorate.Server.CommandLine;

/// <summary><c>quorate import</c>: stores the records of a file, in transactions, resumably.</summary>
internal static class ImportCommand
{
    /// <summary>How long a batch is tried again before the import gives up.</summary>
    private static readonly TimeSpan s_batchPatience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan s_betweenCheckpoints = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_betweenLines = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_betweenAttempts = TimeSpan.FromMilliseconds(100);

    public static Command Create()
    {
        var command = new Command("import", "Store the records of a file of key-value lines or JSON lines. How far it is stands in FILE.resume until all is stored: interrupted, the same command goes on from there.");
        var file = new Argument<string>("file") { Description = "Lines of KEY<tab>VALUE (with \\t \\n \\r \\\\ escaped), or of {\"key\":…,\"value\":…}; told by its first byte." };
        var prefix = new Option<string>("--prefix") { Description = "Put this before every key.", DefaultValueFactory = _ => string.Empty };
        var batch = new Option<int>("--batch") { Description = "Records in one transaction; at most the servers' --max-txn-ops.", DefaultValueFactory = _ => new ImportLimits().BatchRecordsMax };
        var inFlight = new Option<int>("--in-flight") { Description = "Transactions under way at once.", DefaultValueFactory = _ => new ImportLimits().BatchesInFlightMax };
        var restart = new Option<bool>("--restart") { Description = "Begin anew, whatever FILE.resume says of an earlier import." };
        command.Add(file);
        command.Add(prefix);
        command.Add(batch);
        command.Add(inFlight);
        command.Add(restart);
        ClientOptions.AddTo(command, async (context, result) =>
        {
            var limits = new ImportLimits { BatchRecordsMax = result.GetValue(batch), BatchesInFlightMax = result.GetValue(inFlight) };
            if (limits.BatchRecordsMax < 1 || limits.BatchesInFlightMax < 1)
            {
                return Terminal.Fail(ExitCode.Usage, "--batch and --in-flight must be at least 1");
            }

            return await RunAsync(context, result.GetValue(file)!, RawText.Encode(result.GetValue(prefix)!), limits, result.GetValue(restart));
        });
        return command;
    }

    private static async Task<int> RunAsync(ClientContext context, string path, ByteString prefix, ImportLimits limits, bool restart)
    {
        await using FileStream input = InputFile.Open(path);
        ResponseHeader store = await LookAtStoreAsync(context);
        string fingerprint = ImportCheckpoint.FingerprintOf(input, prefix.Span, store.ClusterId);
        ImportFormat format = ImportReader.Detect(input);
        ImportCheckpoint start = new(fingerprint, 0, 0, 0);
        if (!restart && ImportCheckpoint.Load(path, fingerprint) is { } earlier && earlier.Revision <= store.Revision)
        {
            start = earlier;
        }

        long revision = start.Revision;
        if (start.Offset > 0)
        {
            await Console.Error.WriteLineAsync($"going on after {start.Records} records that are stored already");
        }

        var importer = new Importer(
            async (records, cancellationToken) =>
                Volatile.Write(ref revision, await StoreAsync(context.Client, records, prefix, cancellationToken)),
            limits);
        var clock = Stopwatch.StartNew();
        long sinceCheckpoint = 0;
        ImportCheckpoint Reached() => start with
        {
            Offset = Math.Max(start.Offset, importer.OffsetStored),
            Records = start.Records + importer.RecordsStored,
            Revision = Volatile.Read(ref revision),
        };
        bool canResume = true;
        void Keep()
        {
            if (!canResume)
            {
                return;
            }

            try
            {
                Reached().Save(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The records matter more than the comfort of going on after an interruption.
                canResume = false;
                Console.Error.WriteLine($"'{ImportCheckpoint.PathFor(path)}' cannot be written ({e.Message}): interrupted, this import begins anew");
            }
        }

        try
        {
            await WithProgressAsync(importer, input.Length, start, clock, () =>
            {
                if (clock.ElapsedMilliseconds - sinceCheckpoint > s_betweenCheckpoints.TotalMilliseconds)
                {
                    sinceCheckpoint = clock.ElapsedMilliseconds;
                    Keep();
                }
            }, () => importer.RunAsync(ImportReader.ReadAsync(input, format, start.Offset, context.CancellationToken), context.CancellationToken));
        }
        catch
        {
            if (Reached().Records > 0)
            {
                Keep();
            }

            canResume &= Reached().Records > 0;
            await Console.Error.WriteLineAsync($"{Reached().Records} records are stored{(canResume ? $"; the same command goes on from there, by '{ImportCheckpoint.PathFor(path)}'" : string.Empty)}");
            throw;
        }

        if (canResume)
        {
            ImportCheckpoint.Delete(path);
        }

        double seconds = clock.Elapsed.TotalSeconds;
        double rate = importer.RecordsStored / Math.Max(seconds, 1e-9);
        if (context.Json)
        {
            JsonText.WriteLine(json =>
            {
                json.WriteStartObject();
                json.WriteNumber("records", Reached().Records);
                json.WriteNumber("records_this_run", importer.RecordsStored);
                json.WriteNumber("bytes", input.Length);
                json.WriteNumber("seconds", Math.Round(seconds, 3));
                json.WriteNumber("records_per_second", Math.Round(rate, 1));
                json.WriteEndObject();
            });
        }
        else
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"imported {importer.RecordsStored} records in {seconds:0.0} s ({rate:0} a second)"));
        }

        return ExitCode.Success;
    }

    /// <summary>Which cluster it is, and how far: whoever reaches none hears of it before the work begins.</summary>
    private static async Task<ResponseHeader> LookAtStoreAsync(ClientContext context)
    {
        RangeResponse answer = await context.Client.RangeAsync(
            new RangeRequest { Key = ByteString.CopyFrom(0), CountOnly = true }, context.CancellationToken);
        return answer.Header;
    }

    /// <summary>
    /// Stores a batch as one transaction, again and again until it is known to be stored. That is safe: it puts what the
    /// file says, and no other batch with one of its keys is under way. Returns the revision it got.
    /// </summary>
    private static async Task<long> StoreAsync(QuorateClient client, IReadOnlyList<ImportRecord> records, ByteString prefix, CancellationToken cancellationToken)
    {
        var transaction = new TxnRequest();
        foreach (ImportRecord record in records)
        {
            transaction.Success.Add(new RequestOp
            {
                RequestPut = new PutRequest
                {
                    Key = prefix.IsEmpty ? UnsafeByteOperations.UnsafeWrap(record.Key) : ByteString.CopyFrom([.. prefix.Span, .. record.Key]),
                    Value = UnsafeByteOperations.UnsafeWrap(record.Value),
                },
            });
        }

        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                TxnResponse stored = await client.TxnAsync(transaction, cancellationToken);
                return stored.Header.Revision;
            }
            catch (QuorateException e) when (MayPass(e) && clock.Elapsed < s_batchPatience)
            {
                await Task.Delay(s_betweenAttempts, cancellationToken);
            }
        }
    }

    /// <summary>Whether a batch may go better later. A store that is full stays so until somebody makes room.</summary>
    private static bool MayPass(QuorateException failure) =>
        (Failures.ExitCodeOf(failure) is ExitCode.OutcomeUnknown or ExitCode.Unavailable && failure.Status.Detail != EtcdError.NoSpace.Text)
        || failure.Status.Detail == "etcdserver: too many requests";

    /// <summary>Says, until it is stopped, when nothing has been stored for a while: the cluster may be without a majority, and the batches are tried again.</summary>
    private static async Task TellSilenceAsync(Importer importer, Action<string> tell, CancellationToken stopping)
    {
        long before = -1;
        var silent = Stopwatch.StartNew();
        while (!stopping.IsCancellationRequested)
        {
            if (importer.OffsetStored != before)
            {
                before = importer.OffsetStored;
                silent.Restart();
            }
            else if (silent.Elapsed > s_silence)
            {
                tell(string.Create(CultureInfo.InvariantCulture, $"nothing stored for {silent.Elapsed.TotalSeconds:0} s, trying again"));
            }

            await Task.Delay(s_betweenLines, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Runs an import while its silences are told.</summary>
    private static async Task RunTellingAsync(Importer importer, Func<Task> run, Action<string> tell)
    {
        using var ended = new CancellationTokenSource();
        Task telling = TellSilenceAsync(importer, tell, ended.Token);
        try
        {
            await run();
        }
        finally
        {
            await ended.CancelAsync();
            await telling;
        }
    }

    private static async Task WithProgressAsync(
        Importer importer, long length, ImportCheckpoint start, Stopwatch clock, Action progressed, Func<Task> run)
    {
        if (!Terminal.Error.Profile.Out.IsTerminal)
        {
            TimeSpan lastLine = TimeSpan.Zero;
            importer.Progressed = () =>
            {
                progressed();
                if (clock.Elapsed - lastLine > s_betweenLines)
                {
                    lastLine = clock.Elapsed;
                    Console.Error.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{start.Records + importer.RecordsStored} records, {100.0 * importer.OffsetStored / length:0}%, {importer.RecordsStored / clock.Elapsed.TotalSeconds:0} a second"));
                }
            };
            await RunTellingAsync(importer, run, text => Console.Error.WriteLine($"{start.Records + importer.RecordsStored} records; {text}"));
            return;
        }

        await Terminal.Error.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                ProgressTask task = progress.AddTask("importing", maxValue: Math.Max(length, 1));
                task.Value = start.Offset;
                importer.Progressed = () =>
                {
                    progressed();
                    task.Value = importer.OffsetStored;
                    task.Description = string.Create(
                        CultureInfo.InvariantCulture,
                        $"{start.Records + importer.RecordsStored} records, {importer.RecordsStored / clock.Elapsed.TotalSeconds:0} a second");
                };
                await RunTellingAsync(importer, run, text => task.Description = text);
                task.Value = length;
            });
    }
}
