namespace Quorate.Simulation.Disk;

/// <summary>What became of all that was not flushed when the power went.</summary>
/// <param name="SectorsKept">Sectors that were on the platter all the same.</param>
/// <param name="SectorsLost">Sectors that are as they were before.</param>
/// <param name="SectorsTorn">Sectors of which one part is new, and the other old.</param>
/// <param name="NamesKept">Creations, renames and deletions that were on the platter all the same.</param>
/// <param name="NamesLost">Creations, renames and deletions that never happened.</param>
internal readonly record struct CrashLosses(int SectorsKept, int SectorsLost, int SectorsTorn, int NamesKept, int NamesLost)
{
    public static CrashLosses operator +(CrashLosses one, CrashLosses other) => new(
        one.SectorsKept + other.SectorsKept,
        one.SectorsLost + other.SectorsLost,
        one.SectorsTorn + other.SectorsTorn,
        one.NamesKept + other.NamesKept,
        one.NamesLost + other.NamesLost);
}
