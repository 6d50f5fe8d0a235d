namespace Quorate.Simulation.Histories;

/// <summary>How an operation ended, as far as its client can tell.</summary>
public enum OperationEnd
{
    /// <summary>Nothing came back: it may have taken effect, may yet, or never will.</summary>
    Open,

    /// <summary>It was carried out, and this is what it found or did.</summary>
    Answered,

    /// <summary>It was certainly not carried out, and never will be.</summary>
    Refused,

    /// <summary>An error came back that leaves open whether it took effect, will, or never will (spec W2).</summary>
    Unknown,
}
