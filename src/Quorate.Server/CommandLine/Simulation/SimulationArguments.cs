using System.Collections.Immutable;
using System.Globalization;
using Quorate.Simulation.Faults;

namespace Quorate.Server.CommandLine.Simulation;

/// <summary>Understands what the options of <c>quorate sim</c> say. What cannot be understood is a <see cref="FormatException"/> that says what could.</summary>
internal static class SimulationArguments
{
    private static readonly (string Suffix, double Seconds)[] s_units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)];

    /// <summary>Names of families, separated by commas; <c>none</c>; or <c>all</c>.</summary>
    public static ImmutableArray<FaultFamily> Faults(string text)
    {
        if (text == "none")
        {
            return [];
        }

        if (text == "all")
        {
            return FaultFamilies.All;
        }

        var families = ImmutableArray.CreateBuilder<FaultFamily>();
        foreach (string name in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            FaultFamily family = FaultFamilies.Find(name) ?? throw new FormatException(
                $"there is no family of faults '{name}'; there are {string.Join(", ", FaultFamilies.All.Select(known => known.Name))}; or none, or all");
            if (!families.Contains(family))
            {
                families.Add(family);
            }
        }

        return families.Count > 0 ? families.ToImmutable() : throw new FormatException("--faults names no family; 'none' is a run without faults");
    }

    /// <summary>A number and a unit: 500ms, 60s, 5m, 1h. Without a unit, seconds.</summary>
    public static TimeSpan Duration(string text)
    {
        (string suffix, double seconds) = s_units.FirstOrDefault(unit => text.EndsWith(unit.Suffix, StringComparison.Ordinal), ("", 1));
        string number = text[..^suffix.Length];
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
            && value * seconds is > 0 and <= 100 * 3600
                ? TimeSpan.FromSeconds(value * seconds)
                : throw new FormatException($"'{text}' is no duration such as 60s, 5m or 1h, more than none and at most 100h");
    }
}
