namespace Quorate.Simulation.Checking.Histories;

/// <summary>What a checker of histories found.</summary>
public enum HistoryVerdict
{
    /// <summary>All that clients saw can be explained.</summary>
    Holds,

    /// <summary>It cannot.</summary>
    Violated,

    /// <summary>The search ended at its bound: neither is known.</summary>
    Undecided,
}
