using System.Buffers;
using System.Globalization;

namespace Quorate.Server.Configuration;

/// <summary>Durations as etcd's operators write them: numbers with units, one after another, as in 1h30m or 2.5s.</summary>
public static class DurationText
{
    private static readonly SearchValues<char> s_numberCharacters = SearchValues.Create("0123456789.");

    private static readonly (string Unit, double Ticks)[] s_units =
    [
        ("ns", TimeSpan.TicksPerMicrosecond / 1000.0), ("us", TimeSpan.TicksPerMicrosecond), ("µs", TimeSpan.TicksPerMicrosecond),
        ("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour),
    ];

    /// <summary>Reads one; a number without a unit is none, and neither is one below zero or beyond ten thousand years.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(text);
        duration = TimeSpan.Zero;
        ReadOnlySpan<char> rest = text;
        double ticks = 0;
        while (!rest.IsEmpty)
        {
            int digits = rest.IndexOfAnyExcept(s_numberCharacters);
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
            {
                return false;
            }

            rest = rest[digits..];
            int letters = rest.IndexOfAny(s_numberCharacters);
            ReadOnlySpan<char> unit = letters < 0 ? rest : rest[..letters];
            if (TicksOf(unit) is not { } each)
            {
                return false;
            }

            ticks += number * each;
            rest = rest[unit.Length..];
        }

        if (text.Length == 0 || ticks > TimeSpan.TicksPerDay * 365.0 * 10_000)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)ticks);
        return true;
    }

    private static double? TicksOf(ReadOnlySpan<char> unit)
    {
        foreach ((string name, double ticks) in s_units)
        {
            if (unit.SequenceEqual(name))
            {
                return ticks;
            }
        }

        return null;
    }
}
