namespace Quorate.EndToEnd.Tests;

/// <summary>
/// What <see cref="CostTests"/> allow, with 64 clients and values of 256 bytes. Each says what was measured, at a load average
/// of 20 on two processors; to be lowered whenever the cost is.
/// </summary>
internal static class CostLimits
{
    /// <summary>Of each member. Measured: 50 to 55; one by one it would be 1,000. A slow disk gathers more, a fast one less.</summary>
    public const double FlushesPerThousandWrites = 300;

    /// <summary>By each member, to its log. Measured: 1.33 to 1.34: key, names and header of an entry, header and padding of a block.</summary>
    public const double WrittenBytesPerValueByte = 2;

    /// <summary>By all members together. Measured: 6,800 to 7,200.</summary>
    public const int AllocatedBytesPerWrite = 10_000;

    /// <summary>By all members together. Measured: 13,100 to 13,200.</summary>
    public const int AllocatedBytesPerTransaction = 20_000;

    /// <summary>By all members together. Measured: 3,050 to 3,100.</summary>
    public const int AllocatedBytesPerLinearizableRead = 5_000;

    /// <summary>By all members together. Measured: 2,980 to 3,000.</summary>
    public const int AllocatedBytesPerLocalRead = 4_500;
}
