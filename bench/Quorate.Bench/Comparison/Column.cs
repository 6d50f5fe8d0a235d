namespace Quorate.Bench.Comparison;

/// <summary>One kind of load.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Arguments">Of <c>quorate bench</c>.</param>
/// <param name="ValueBytes">Bytes of value that each operation writes; zero for reads.</param>
internal sealed record Column(string Name, string[] Arguments, int ValueBytes = 0)
{
    private const int DefaultValueBytes = 256;

    public static IReadOnlyList<Column> All { get; } =
    [
        .. Each("write", DefaultValueBytes, 1, "put"),
        .. Each("write", DefaultValueBytes, 64, "put"),
        .. Each("write", DefaultValueBytes, 1000, "put"),
        .. Each("transaction", DefaultValueBytes, 1, "txn"),
        .. Each("transaction", DefaultValueBytes, 64, "txn"),
        .. Each("transaction", DefaultValueBytes, 1000, "txn"),
        .. Each("linearizable read", 0, 1, "get"),
        .. Each("linearizable read", 0, 64, "get"),
        .. Each("linearizable read", 0, 1000, "get"),
        .. Each("local read", 0, 1, "get", "--local"),
        .. Each("local read", 0, 64, "get", "--local"),
        .. Each("local read", 0, 1000, "get", "--local"),
        .. Each("range of 1,000 keys", 0, 16, "range", "--limit", "1000"),
        new Column("events to 1,000 watchers", ["watch", "--clients", "1000"]),
    ];

    private static Column[] Each(string name, int valueBytes, int clients, params string[] arguments) =>
        [new Column($"{name}, {clients} client{(clients == 1 ? string.Empty : "s")}", [.. arguments, "--clients", $"{clients}"], valueBytes)];
}
