namespace Quorate.Server.Http;

/// <summary>
/// How many connections of clients there may be at once, on all ports together. Kestrel's own limit is one for each port and
/// protocol, and does not know of those that still wait for their first bytes.
/// </summary>
/// <param name="max">The most.</param>
internal sealed class ConnectionPlaces(int max)
{
    private int _taken;

    public int Max { get; } = max;

    /// <summary>How many are taken.</summary>
    public int Taken => Math.Min(Volatile.Read(ref _taken), Max);

    /// <summary>False if there is none left.</summary>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= Max)
        {
            return true;
        }

        GiveBack();
        return false;
    }

    /// <summary>Once for each that was taken.</summary>
    public void GiveBack() => Interlocked.Decrement(ref _taken);
}
