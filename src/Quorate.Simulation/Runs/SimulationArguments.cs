using System.Collections.Immutable;
using System.Globalization;
using Quorate.Simulation.Faults;

namespace Quorate.Simulation.Runs;

/// <summary>Understands what the options of <c>quorate sim</c> say. What cannot be understood is a <see cref="FormatException"/> that says what could.</summary>
public static class SimulationArguments
{
    private static readonly (string Suffix, double Seconds)[] s_units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)];

    /// <summary>Names of families, separated by commas; <c>none</c>; or <c>all</c>.</summary>
    /// <exception cref="FormatException">There is no such family.</exception>
    public static ImmutableArray<FaultFamily> Faults(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
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
    /// <exception cref="FormatException">It is none.</exception>
    public static TimeSpan Duration(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        (string suffix, double seconds) = s_units.FirstOrDefault(unit => text.EndsWith(unit.Suffix, StringComparison.Ordinal), ("", 1));
        string number = text[..^suffix.Length];
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
            && value * seconds is > 0 and <= 100 * 3600
                ? TimeSpan.FromSeconds(value * seconds)
                : throw new FormatException($"'{text}' is no duration such as 60s, 5m or 1h, more than none and at most 100h");
    }

    /// <summary>A run as <see cref="SimulationCase.Arguments"/> says it.</summary>
    /// <param name="text">Options and their values, such as <c>--seed 17 --members 3</c>.</param>
    /// <param name="template">What is not said.</param>
    /// <exception cref="FormatException">It is not understood.</exception>
    public static SimulationCase Case(string text, SimulationCase template)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(template);
        string[] words = text.Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        SimulationCase which = template;
        for (int i = 0; i < words.Length; i += 2)
        {
            string value = i + 1 < words.Length ? words[i + 1] : throw new FormatException($"{words[i]} has no value");
            which = words[i] switch
            {
                "--seed" => which with { Seed = ulong.TryParse(value, CultureInfo.InvariantCulture, out ulong seed) ? seed : throw Not(value, "seed") },
                "--members" => which with { Members = Number(value, 9) },
                "--faults" => which with { Faults = Faults(value) },
                "--duration" => which with { Duration = Duration(value) },
                "--clients" => which with { Clients = Number(value, 100) },
                "--strikes" => which with { StrikesMax = long.TryParse(value, CultureInfo.InvariantCulture, out long strikes) ? strikes : throw Not(value, "number of strikes") },
                _ => throw new FormatException($"there is no {words[i]}; there are --seed, --members, --faults, --duration, --clients and --strikes"),
            };
        }

        return which;
    }

    private static int Number(string text, int most) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= most ? number : throw Not(text, $"number from 1 to {most}");

    private static FormatException Not(string text, string what) => new($"'{text}' is no {what}");
}
