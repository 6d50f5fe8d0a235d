using System.Globalization;

namespace Quorate.Bench.Growth;

/// <summary>Something that grows while all else stays.</summary>
internal sealed record Dimension(string Name, IReadOnlyList<GrowthPoint> Points)
{
    /// <summary>Few enough keys that values of 64 KiB fit into memory.</summary>
    private const int KeysOfLargeValues = 1_000;

    private static readonly int[] s_keys = [10_000, 100_000, 1_000_000, 10_000_000];

    public static IReadOnlyList<Dimension> All(int keysMax) =>
    [
        Of("members", [1, 3, 5, 7], (point, members) => point with { Members = members }),
        Of("bytes", [16, 256, 4096, 65_536], (point, bytes) => point with { ValueBytes = bytes, Keys = KeysOfLargeValues }),
        Of("clients", [1, 16, 64, 256, 1000], (point, clients) => point with { Clients = clients }),
        Of("keys", [.. s_keys.Where(keys => keys <= keysMax)], (point, keys) => point with { Keys = keys }),
        Of("revisions", [1, 10, 100], (point, revisions) => point with { Revisions = revisions }),
    ];

    private static Dimension Of(string name, int[] values, Func<GrowthPoint, int, GrowthPoint> make) =>
        new(name, [.. values.Select(value => make(new GrowthPoint(value.ToString("N0", CultureInfo.InvariantCulture)), value))]);
}
