using Spectre.Console;

namespace Quorate.Server.CommandLine;

/// <summary>
/// A table that keeps every cell on one line and fits its terminal: where it would be too wide, first the optional
/// columns go, from the right, and then the lines between the columns.
/// </summary>
internal sealed class FittingTable(int width, params FittingColumn[] columns)
{
    /// <summary>A space on both sides of a cell and a line behind it.</summary>
    private const int AroundCell = 3;

    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row of a cell (markup) for every column.</summary>
    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>The table as it fits.</summary>
    public Table Build()
    {
        int[] widths = [.. columns.Select((column, i) => _rows.Select(row => Markup.Remove(row[i]).Length).Append(column.Title.Length).Max())];
        List<int> shown = [.. Enumerable.Range(0, columns.Length)];
        bool Fits() => 1 + shown.Sum(i => widths[i] + AroundCell) <= width;
        while (!Fits() && shown.FindLastIndex(i => columns[i].IsOptional) is >= 0 and var last)
        {
            shown.RemoveAt(last);
        }

        Table table = new Table().Border(Fits() ? TableBorder.Rounded : TableBorder.None).BorderColor(Color.Grey);
        foreach (int i in shown)
        {
            var column = new TableColumn(columns[i].Title) { NoWrap = true };
            if (!Fits())
            {
                column.PadLeft(0).PadRight(2);
            }

            table.AddColumn(columns[i].IsNumber ? column.RightAligned() : column);
        }

        foreach (string[] row in _rows)
        {
            table.AddRow([.. shown.Select(i => row[i])]);
        }

        return table;
    }
}
