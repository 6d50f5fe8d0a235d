namespace Quorate.Bench.Comparison;

/// <summary>For how long nothing is written when the leader dies, at the timeouts that both have as defaults: 100 and 1000 ms.</summary>
internal sealed class FailoverColumn(string name, params Bar[] bars) : Column(name, bars)
{
    public override bool NeedsOwnServers => true;

    public override async Task<IReadOnlyList<(Figure Figure, double Value)>> MeasureAsync(IServers servers, ComparisonSettings settings)
    {
        List<(Figure, double)> outages = [];
        for (int i = 0; i < settings.Killings; i++)
        {
            outages.Add((Figure.Outage, (await LeaderLoss.MeasureAsync(servers)).TotalMilliseconds));
        }

        return outages;
    }
}
