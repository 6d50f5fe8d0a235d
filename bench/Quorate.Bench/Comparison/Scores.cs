namespace Quorate.Bench.Comparison;

/// <summary>Everything that was measured, by column, figure and system.</summary>
internal sealed class Scores
{
    private readonly Dictionary<(Column Column, Figure Figure, bool IsOurs), List<double>> _values = [];
    private readonly List<Column> _columns = [];

    /// <summary>Columns that something was measured for, in the order in which they came.</summary>
    public IReadOnlyList<Column> Columns => _columns;

    public void Add(Column column, bool isOurs, IReadOnlyList<(Figure Figure, double Value)> measured)
    {
        if (!_columns.Contains(column))
        {
            _columns.Add(column);
        }

        foreach ((Figure figure, double value) in measured)
        {
            if (!_values.TryGetValue((column, figure, isOurs), out List<double>? values))
            {
                _values.Add((column, figure, isOurs), values = []);
            }

            values.Add(value);
        }
    }

    /// <summary>Figures that a column has, in the order in which they came.</summary>
    public IReadOnlyList<Figure> Figures(Column column) =>
        [.. _values.Keys.Where(key => key.Column == column).Select(key => key.Figure).Distinct()];

    /// <summary>One score; null where nothing was measured.</summary>
    public Score? Of(Column column, Figure figure)
    {
        _values.TryGetValue((column, figure, false), out List<double>? etcd);
        _values.TryGetValue((column, figure, true), out List<double>? ours);
        return etcd is null && ours is null ? null : new Score(figure, etcd ?? [], ours ?? [], column.BarOf(figure));
    }

    /// <summary>All scores that have a bar.</summary>
    public IEnumerable<(Column Column, Score Score)> WithBars() =>
        from column in _columns
        from bar in column.Bars
        let score = Of(column, bar.Figure)
        where score is not null
        select (column, score);
}
