namespace Quorate.Bench.Comparison;

/// <summary>
/// Everything that is compared, with the bars that were set before the work on speed began. Those of processor time and
/// rates are for many clients, where processors and not the disk decide; one client's write has a bar for its latency.
/// </summary>
internal static class Columns
{
    private const double WriteProcessor = 0.2;
    private const double WriteRate = 3;
    private const double TransactionRate = 5;
    private const double LinearizableProcessor = 0.15;
    private const double LinearizableRate = 4;
    private const double LocalProcessor = 0.12;
    private const double LocalRate = 4.5;
    private const double WatchRate = 5;
    private const double WatchProcessor = 0.2;

    /// <summary>Of latencies, the outage after a leader's death, memory and start-up.</summary>
    private const double Half = 0.5;

    private static readonly string[] s_write = ["put"];
    private static readonly string[] s_transaction = ["txn"];
    private static readonly string[] s_linearizable = ["get"];
    private static readonly string[] s_local = ["get", "--local"];

    public static IReadOnlyList<Column> All { get; } =
    [
        Load("write", 1, s_write, Bar.AtMost(Figure.Median, Half)),
        Load("write", 64, s_write, Bar.AtLeast(Figure.Rate, WriteRate), Bar.AtMost(Figure.Processor, WriteProcessor)),
        Load("write", 1000, s_write, Bar.AtLeast(Figure.Rate, WriteRate), Bar.AtMost(Figure.Processor, WriteProcessor), Bar.AtMost(Figure.P99, Half)),
        Load("transaction", 1, s_transaction),
        Load("transaction", 64, s_transaction, Bar.AtLeast(Figure.Rate, TransactionRate)),
        Load("transaction", 1000, s_transaction, Bar.AtLeast(Figure.Rate, TransactionRate)),
        Load("linearizable read", 1, s_linearizable),
        Load("linearizable read", 64, s_linearizable, Bar.AtLeast(Figure.Rate, LinearizableRate), Bar.AtMost(Figure.Processor, LinearizableProcessor)),
        Load("linearizable read", 1000, s_linearizable, Bar.AtLeast(Figure.Rate, LinearizableRate), Bar.AtMost(Figure.Processor, LinearizableProcessor)),
        Load("local read", 1, s_local),
        Load("local read", 64, s_local, Bar.AtLeast(Figure.Rate, LocalRate), Bar.AtMost(Figure.Processor, LocalProcessor)),
        Load("local read", 1000, s_local, Bar.AtLeast(Figure.Rate, LocalRate), Bar.AtMost(Figure.Processor, LocalProcessor)),
        Load("range of 1,000 keys", 16, ["range", "--limit", "1000"]),
        new LoadColumn(
            "events to 1,000 watchers", ["watch", "--clients", "1000"], 0, Bar.AtLeast(Figure.Rate, WatchRate), Bar.AtMost(Figure.Processor, WatchProcessor)),
        new FailoverColumn("failover: SIGKILL of the leader to the next acknowledged write", Bar.AtMost(Figure.Outage, Half)),
        new ManyKeysColumn("many keys of 256 bytes", Bar.AtMost(Figure.Resident, Half), Bar.AtMost(Figure.Start, Half)),
    ];

    private static LoadColumn Load(string name, int clients, string[] kind, params Bar[] bars) => new(
        $"{name}, {clients} client{(clients == 1 ? string.Empty : "s")}",
        [.. kind, "--clients", $"{clients}"],
        kind[0] is "put" or "txn" ? LoadColumn.ValueBytes : 0,
        bars);
}
