using System.Text.Json;

namespace Quorate.Bench.Comparison;

/// <summary>The score board, for scripts.</summary>
internal static class ComparisonJson
{
    public static void Print(Scores scores, IReadOnlyList<DiskScore> disk)
    {
        using Stream output = Console.OpenStandardOutput();
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteStartArray("compared");
        foreach (Column column in scores.Columns)
        {
            foreach (Figure figure in scores.Figures(column))
            {
                Write(json, column, scores.Of(column, figure)!);
            }
        }

        json.WriteEndArray();
        json.WriteStartArray("alone");
        foreach (DiskScore score in disk)
        {
            Write(json, score);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Column column, Score score)
    {
        json.WriteStartObject();
        json.WriteString("column", column.Name);
        json.WriteString("figure", score.Figure.Name);
        json.WriteString("unit", score.Figure.Unit);
        Number(json, "etcd", score.EtcdMedian);
        Number(json, "ours", score.OursMedian);
        Number(json, "ratio", score.Ratio);
        Array(json, "etcd_values", score.Etcd);
        Array(json, "ours_values", score.Ours);
        if (score.Bar is { } bar)
        {
            json.WriteString("bar", bar.ToString());
            json.WriteBoolean("met", score.IsMet);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, DiskScore score)
    {
        json.WriteStartObject();
        json.WriteString("what", score.Name);
        Number(json, "per_second", score.Value);
        Number(json, "p50_us", Score.Median(score.Medians));
        Number(json, "beside", score.Beside);
        Array(json, "values", score.Values);
        if (score.Bar is { } bar)
        {
            Number(json, "judged", score.Judged);
            json.WriteNumber("bar", bar);
            json.WriteBoolean("met", score.IsMet);
        }

        json.WriteEndObject();
    }

    /// <summary>What is not a number is left out.</summary>
    private static void Number(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
    }

    private static void Array(Utf8JsonWriter json, string name, IReadOnlyList<double> values)
    {
        json.WriteStartArray(name);
        foreach (double value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}
