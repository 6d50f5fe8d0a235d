using Spectre.Console;

namespace Quorate.Bench.Comparison;

/// <summary>The score board, for people.</summary>
internal static class ComparisonTables
{
    private const int WidthCharacters = 400;

    private static readonly Figure[] s_loadFigures = [Figure.Rate, Figure.Processor, Figure.Median, Figure.P99, Figure.P999, Figure.Written];

    public static void Print(Scores scores, IReadOnlyList<DiskScore> disk)
    {
        AnsiConsole.Profile.Width = WidthCharacters;
        PrintLoads(scores);
        PrintOthers(scores);
        PrintDisk(disk);
        string[] missed =
        [
            .. scores.WithBars().Where(each => !each.Score.IsMet).Select(each => $"{each.Column.Name}: {each.Score.Figure.Name}"),
            .. disk.Where(each => each.Bar is not null && !each.IsMet).Select(each => each.Name),
        ];
        int all = scores.WithBars().Count() + disk.Count(each => each.Bar is not null);
        Console.WriteLine($"bars met: {all - missed.Length} of {all}{(missed.Length > 0 ? "; missed: " + string.Join("; ", missed) : string.Empty)}");
    }

    private static void PrintLoads(Scores scores)
    {
        Column[] columns = [.. scores.Columns.Where(column => column is LoadColumn)];
        if (columns.Length == 0)
        {
            return;
        }

        Table table = new Table().MarkdownBorder().AddColumn("load");
        foreach (Figure figure in s_loadFigures)
        {
            table.AddColumns($"{figure.Name} {figure.Unit}: etcd", "ours", "ratio");
        }

        foreach (Column column in columns)
        {
            table.AddRow(
            [
                column.Name,
                .. s_loadFigures.SelectMany(figure => scores.Of(column, figure) is { } score
                    ? new[] { score.EtcdText, score.OursText, score.RatioText }
                    : ["–", "–", "–"]),
            ]);
        }

        AnsiConsole.Write(table);
    }

    private static void PrintOthers(Scores scores)
    {
        Column[] columns = [.. scores.Columns.Where(column => column is not LoadColumn)];
        if (columns.Length == 0)
        {
            return;
        }

        Table table = new Table().MarkdownBorder().AddColumns("what", "figure", "etcd", "ours", "ratio");
        foreach (Column column in columns)
        {
            foreach (Figure figure in scores.Figures(column))
            {
                Score score = scores.Of(column, figure)!;
                table.AddRow(column.Name, $"{figure.Name}, {figure.Unit}", Spread(score.Etcd, figure), Spread(score.Ours, figure), score.RatioText);
            }
        }

        AnsiConsole.Write(table);
    }

    private static void PrintDisk(IReadOnlyList<DiskScore> disk)
    {
        if (disk.Count == 0)
        {
            return;
        }

        Table table = new Table().MarkdownBorder().AddColumns("the engine beside what disk and processor do", "measured", "p50 µs", "beside", "ratio or bar");
        foreach (DiskScore score in disk)
        {
            table.AddRow(score.Name, score.MeasuredText, score.MedianText, score.BesideText, score.BarText);
        }

        AnsiConsole.Write(table);
    }

    /// <summary>The median, and from where to where the values went.</summary>
    private static string Spread(IReadOnlyList<double> values, Figure figure) => values.Count < 2
        ? Score.Text(Score.Median(values), figure.Format)
        : $"{Score.Text(Score.Median(values), figure.Format)} ({Score.Text(values.Min(), figure.Format)} to {Score.Text(values.Max(), figure.Format)})";
}
