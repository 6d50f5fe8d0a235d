namespace Quorate.Bench.Comparison;

/// <summary>Something that is done to a cluster of each system, and what is measured of it.</summary>
internal abstract class Column(string name, params Bar[] bars)
{
    public string Name { get; } = name;

    /// <summary>What is asked of it.</summary>
    public IReadOnlyList<Bar> Bars { get; } = bars;

    /// <summary>Whether it begins with a cluster of its own, and leaves one that is of no use to another column.</summary>
    public virtual bool NeedsOwnServers => false;

    /// <summary>Whether it takes so long that it is done in the first rounds only.</summary>
    public virtual bool IsSlow => false;

    /// <summary>Measures; each figure has one value, or several where it was taken several times.</summary>
    public abstract Task<IReadOnlyList<(Figure Figure, double Value)>> MeasureAsync(IServers servers, ComparisonSettings settings);

    public Bar? BarOf(Figure figure) => Bars.FirstOrDefault(bar => bar.Figure == figure);
}
