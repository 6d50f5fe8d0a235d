using System.Globalization;
using BenchmarkDotNet.Reports;

namespace Quorate.Microbenchmarks;

/// <summary>All that ran, as one table of Markdown.</summary>
internal static class ResultTable
{
    public static void Print(IEnumerable<Summary> summaries)
    {
        Console.WriteLine("| step | with | median | fastest to slowest | bytes allocated |");
        Console.WriteLine("|---|---|---:|---:|---:|");
        foreach (BenchmarkReport report in summaries.SelectMany(summary => summary.Reports).OrderBy(report => report.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo, StringComparer.Ordinal))
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {report.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo.Trim('\'')} | {With(report)} | {Times(report)} | {report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase):N0} |"));
        }
    }

    private static string With(BenchmarkReport report) =>
        string.Join(", ", report.BenchmarkCase.Parameters.Items.Select(item => $"{item.Name} {item.Value}"));

    private static string Times(BenchmarkReport report) => report.ResultStatistics is { } times
        ? $"{Time(times.Median)} | {Time(times.Min)} to {Time(times.Max)}"
        : "failed | –";

    private static string Time(double nanoseconds) => nanoseconds < 1000
        ? nanoseconds.ToString("0 ns", CultureInfo.InvariantCulture)
        : (nanoseconds / 1000).ToString(nanoseconds < 100_000 ? "0.0 µs" : "N0", CultureInfo.InvariantCulture) + (nanoseconds < 100_000 ? string.Empty : " µs");
}
