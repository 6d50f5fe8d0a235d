using Quorate.Simulation.Disk;
using static Quorate.Storage.Tests.StorageHarness;

namespace Quorate.Storage.Tests;

/// <summary>A write or flush error is fatal at once, says why, and is not retried (spec S4).</summary>
public class DiskFailureTests
{
    private static readonly StorageOptions Small = new() { SegmentBytes = 8192 };

    [Theory]
    [InlineData(DiskOperation.Write, "write of 512 bytes at offset 512")]
    [InlineData(DiskOperation.Flush, "flush")]
    public void A_failed_write_or_flush_ends_the_log_for_good(DiskOperation operation, string named)
    {
        StorageHarness member = new StorageHarness().Open();
        member.BackgroundLane.RunAll();
        member.Log.StageEntries(Entries(1, 1, 1));
        Completion first = member.Submit();
        member.Log.StageEntries(Entries(1, 2, 1));
        Completion second = member.Submit();
        StorageException? told = null;
        member.Log.Failed = error => told = error;
        member.Disk.FailNext(operation, "log/");
        member.LogLane.RunAll();

        StorageFailedException failure = first.Error.ShouldBeOfType<StorageFailedException>();
        failure.Path.ShouldBe(member.LastSegment);
        failure.Operation.ShouldBe(named);
        failure.Message.ShouldContain(member.LastSegment);
        second.Error.ShouldBe(failure);
        first.Calls.ShouldBe(1);
        second.Calls.ShouldBe(1);
        told.ShouldBe(failure);
        member.Log.Failure.ShouldBe(failure);

        // The disk would work again, but nothing is tried over.
        long changes = member.Disk.ChangeCount;
        Should.Throw<InvalidOperationException>(() => member.Log.StageEntries(Entries(1, 3, 1)));
        Should.Throw<InvalidOperationException>(() => member.Log.Submit(new Completion()));
        member.LogLane.RunAll();
        member.Disk.ChangeCount.ShouldBe(changes);
    }

    [Fact]
    public void A_failure_in_the_background_ends_the_log_as_well_and_answers_whoever_waits()
    {
        StorageHarness member = new StorageHarness().Open();
        member.Log.StageEntries(Entries(1, 1, 1));
        Completion completion = member.Submit();
        member.Disk.FailNext(DiskOperation.Flush, "log/");
        member.BackgroundLane.RunAll();

        completion.Error.ShouldBeOfType<StorageFailedException>().Path.ShouldEndWith(".spare.tmp");
        member.LogLane.RunAll();
        completion.Calls.ShouldBe(1);
    }

    [Fact]
    public void Whatever_operation_fails_the_member_stops_and_nothing_acknowledged_is_lost()
    {
        for (ulong workload = 1; workload <= 4; workload++)
        {
            bool finished = false;
            for (int operation = 0; !finished; operation++)
            {
                ModelRun run = new(workload, Small);
                int countdown = operation;
                run.Disk.Fault = (what, path) => what is not (DiskOperation.Open or DiskOperation.Read) && countdown-- == 0
                    ? SimulatedDisk.DeviceError(what, path)
                    : null;
                bool opened = run.Open();
                finished = opened && run.Live(actions: 120) && run.Member.Log.Failure is null;
                if (operation % 2 == 0)
                {
                    run.Kill();
                }
                else
                {
                    run.LosePower((ulong)operation);
                }

                run.Open().ShouldBeTrue();
            }
        }
    }

    [Fact]
    public void What_is_found_after_a_failed_flush_is_on_disk_before_it_is_relied_upon()
    {
        StorageHarness member = new StorageHarness().Open();
        member.Log.StageHardState(new Quorate.Raft.HardState(1, Quorate.Raft.MemberId.None));
        member.Append(Entries(1, 1, 1)).RunAll();
        member.Log.StageEntries(Entries(1, 2, 1, length: 1000));
        Completion promised = member.Submit();
        member.Disk.FailNext(DiskOperation.Flush, "log/");
        member.LogLane.RunAll();
        promised.Error.ShouldBeOfType<StorageFailedException>();

        // Its service manager starts the process anew, on a machine that runs on: what never reached the disk is still
        // read, and the system holds it for written.
        member.LogLane.Clear();
        member.BackgroundLane.Clear();
        member.Disk.EndProcess();
        member.Open();
        int found = member.Recovered.Entries.Count;
        found.ShouldBe(2);

        // What a start finds may be acknowledged from then on.
        for (ulong fate = 0; fate < 20; fate++)
        {
            StorageHarness later = new(member.Disk.Clone());
            later.Crash(fate).Open();
            later.Recovered.Entries.Count.ShouldBe(found);
        }
    }

    [Fact]
    public void A_full_disk_stops_the_member_and_with_room_again_it_goes_on()
    {
        bool lived = false;
        int failures = 0;
        for (long capacity = 0; !lived; capacity += 3571, failures++)
        {
            ModelRun run = new(seed: 5, Small);
            run.Disk.CapacityBytesMax = capacity;
            lived = run.Open() && run.Live(actions: 150);
            run.Disk.CapacityBytesMax = long.MaxValue;
            run.Kill();
            run.Open().ShouldBeTrue();
            run.Live(20).ShouldBeTrue();
        }

        failures.ShouldBeGreaterThan(10);
    }

    [Fact]
    public void A_disk_that_fails_while_the_folder_is_opened_is_named_and_the_lock_is_given_up()
    {
        StorageHarness member = new StorageHarness().Open().Close();
        member.Disk.FailNext(DiskOperation.Read, "log/");

        Should.Throw<StorageFailedException>(() => member.Open()).Operation.ShouldStartWith("read");
        member.Open();
    }
}
