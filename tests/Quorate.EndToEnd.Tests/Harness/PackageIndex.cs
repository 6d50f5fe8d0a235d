using System.Diagnostics;
using System.Text;

namespace Quorate.EndToEnd.Tests.Harness;

/// <summary>Debian's package index as records: name and version, and the stanza.</summary>
internal static class PackageIndex
{
    /// <summary>The first stanzas of the index; made-up ones of the same shape on a system that has no index.</summary>
    public static async Task<SortedDictionary<string, string>> ReadAsync(int recordsMax)
    {
        var records = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (Programs.AptCache is { } aptCache)
        {
            using Process process = Process.Start(new ProcessStartInfo(aptCache, "dumpavail") { RedirectStandardOutput = true })!;
            try
            {
                await ReadStanzasAsync(process.StandardOutput, records, recordsMax);
            }
            finally
            {
                process.Kill();
            }
        }

        for (int i = records.Count; i < Math.Min(recordsMax, 6_000); i++)
        {
            records.Add($"made-up-{i:d5} 1.{i}-1", $"Package: made-up-{i:d5}\nVersion: 1.{i}-1\nDescription: {new string('x', i % 1500)}\n ünïcode\n");
        }

        return records;
    }

    private static async Task ReadStanzasAsync(StreamReader index, SortedDictionary<string, string> records, int recordsMax)
    {
        var stanza = new StringBuilder();
        string name = string.Empty;
        string version = string.Empty;
        while (records.Count < recordsMax && await index.ReadLineAsync() is { } line)
        {
            if (line.Length > 0)
            {
                stanza.Append(line).Append('\n');
                name = line.StartsWith("Package: ", StringComparison.Ordinal) ? line[9..] : name;
                version = line.StartsWith("Version: ", StringComparison.Ordinal) ? line[9..] : version;
            }
            else if (stanza.Length > 0)
            {
                records[$"{name} {version}"] = stanza.ToString();
                stanza.Clear();
            }
        }
    }
}
