using Quorate.Io;
using Quorate.Simulation.Disk;

namespace Quorate.Simulation.Tests.World;

/// <summary>What the simulated disk refuses, so that no run depends on what a real one would not do.</summary>
public sealed class SimulatedDiskTests
{
    [Theory]
    [InlineData(512, 1024, true)]
    [InlineData(512, 100, false)]
    [InlineData(8, 512, false)]
    public void A_file_opened_to_be_overwritten_takes_whole_sectors_only(int offset, int count, bool isTaken)
    {
        SimulatedDisk disk = new();
        using (IDiskFile file = disk.Open("log", DiskFileMode.CreateNew))
        {
            file.Write(0, new byte[4096]);
        }

        using IDiskFile overwritten = disk.Open("log", DiskFileMode.Overwrite);
        void Write() => overwritten.Write(offset, new byte[count]);
        if (isTaken)
        {
            Should.NotThrow(Write);
        }
        else
        {
            Should.Throw<IOException>(Write).Message.ShouldContain("whole sectors");
        }
    }
}
