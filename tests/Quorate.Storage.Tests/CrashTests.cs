namespace Quorate.Storage.Tests;

/// <summary>Power loss and kills at any instant (spec S3), against a naive model.</summary>
public class CrashTests
{
    private static readonly StorageOptions Small = new() { SegmentBytes = 8192 };

    [Fact]
    public void Whatever_operation_the_power_fails_in_nothing_acknowledged_is_lost()
    {
        for (ulong workload = 1; workload <= 4; workload++)
        {
            bool finished = false;
            for (int operation = 0; !finished; operation++)
            {
                for (ulong fate = 0; fate < 3 && !finished; fate++)
                {
                    ModelRun run = new(workload, Small);
                    run.Disk.CrashAfterOperations = operation;
                    finished = run.Open() && run.Live(actions: 120);
                    run.LosePower((workload * 1_000_000) + ((ulong)operation * 10) + fate);
                    run.Open().ShouldBeTrue();
                    run.Live(10).ShouldBeTrue();
                }
            }
        }
    }

    [Fact]
    public void Life_after_life_of_crashes_and_kills_nothing_acknowledged_is_lost()
    {
        for (ulong seed = 1; seed <= 120; seed++)
        {
            Quorate.Raft.SeededRandom random = new(seed * 7919);
            ModelRun run = new(seed, Small);
            for (int life = 0; life < 12; life++)
            {
                run.Disk.CrashAfterOperations = random.Next(3) == 0 ? null : random.Next(150);
                _ = run.Open() && run.Live(random.Next(5, 80));
                if (random.Next(3) == 0)
                {
                    run.Kill();
                }
                else
                {
                    run.LosePower(random.NextUInt64());
                }
            }

            run.Open().ShouldBeTrue();
        }
    }
}
