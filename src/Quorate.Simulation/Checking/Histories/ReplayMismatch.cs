using System.Globalization;
using Quorate.Simulation.Histories;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>Where an answer is not the one that the state leads to. Kept as parts: a search meets millions, and prints one.</summary>
/// <param name="What">What is wrong, in words.</param>
/// <param name="Expected">The record that there should be.</param>
/// <param name="Actual">The record that the answer shows.</param>
/// <param name="ExpectedNumber">The number that there should be.</param>
/// <param name="ActualNumber">The number that the answer shows.</param>
internal readonly record struct ReplayMismatch(
    string? What, KeyRecord? Expected, Etcd.Protocol.KeyValue? Actual, long? ExpectedNumber = null, long? ActualNumber = null)
{
    public override string ToString()
    {
        string expected = Expected is { } record
            ? record.IsPresent ? OperationText.Show(record.ToMessage()) : OperationText.Show(record.Key) + " to be absent"
            : ExpectedNumber?.ToString(CultureInfo.InvariantCulture) ?? "nothing";
        string actual = Actual is not null
            ? OperationText.Show(Actual)
            : ActualNumber?.ToString(CultureInfo.InvariantCulture) ?? "nothing";
        return Expected is null && Actual is null && ExpectedNumber is null ? What ?? "" : $"{What}: expected {expected}, got {actual}";
    }
}
