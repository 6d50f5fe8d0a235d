using System.Globalization;

namespace Quorate.Grpc.Protocol;

/// <summary>
/// The time that a client gives a call, as it travels in <c>grpc-timeout</c>: one to eight digits
/// and a unit (H, M, S, m, u, n).
/// </summary>
internal static class GrpcTimeout
{
    private const int DigitsMax = 8;
    private const long LargestValue = 99_999_999;
    private const int NanosecondsPerTick = 100;

    public static bool TryParse(string text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length < 2 || text.Length > DigitsMax + 1)
        {
            return false;
        }

        if (!long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out long value))
        {
            return false;
        }

        // The largest value in the largest unit is 3.6e18 ticks, which a TimeSpan still holds.
        long ticksPerUnit;
        switch (text[^1])
        {
            case 'H':
                ticksPerUnit = TimeSpan.TicksPerHour;
                break;
            case 'M':
                ticksPerUnit = TimeSpan.TicksPerMinute;
                break;
            case 'S':
                ticksPerUnit = TimeSpan.TicksPerSecond;
                break;
            case 'm':
                ticksPerUnit = TimeSpan.TicksPerMillisecond;
                break;
            case 'u':
                ticksPerUnit = TimeSpan.TicksPerMicrosecond;
                break;
            case 'n':
                // Rounded up: a deadline that is not zero must not become one that has passed.
                timeout = new TimeSpan((value + NanosecondsPerTick - 1) / NanosecondsPerTick);
                return true;
            default:
                return false;
        }

        timeout = new TimeSpan(value * ticksPerUnit);
        return true;
    }

    /// <summary>Writes the timeout in the finest unit that holds it in eight digits, rounded up.</summary>
    public static string Format(TimeSpan timeout)
    {
        long ticks = Math.Max(timeout.Ticks, 0);
        (long TicksPerUnit, char Name)[] units =
        [
            (TimeSpan.TicksPerMicrosecond, 'u'),
            (TimeSpan.TicksPerMillisecond, 'm'),
            (TimeSpan.TicksPerSecond, 'S'),
            (TimeSpan.TicksPerMinute, 'M'),
            (TimeSpan.TicksPerHour, 'H'),
        ];
        foreach ((long ticksPerUnit, char name) in units)
        {
            long value = (ticks / ticksPerUnit) + (ticks % ticksPerUnit == 0 ? 0 : 1);
            if (value <= LargestValue)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{value}{name}");
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{LargestValue}H");
    }
}
