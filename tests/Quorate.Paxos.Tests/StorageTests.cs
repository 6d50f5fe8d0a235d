using Quorate.Io;
using Quorate.Paxos.Messages;
using Quorate.Paxos.Records;
using Quorate.Paxos.Tests.Harness;
using Quorate.Raft;
using Quorate.Simulation;
using Quorate.Simulation.Disk;
using Quorate.Simulation.Processes;
using Quorate.Storage;

namespace Quorate.Paxos.Tests;

/// <summary>What is on disk and on the network.</summary>
public sealed class StorageTests
{
    private static readonly Ballot s_low = new(1, new MemberId(2));
    private static readonly Ballot s_high = new(2, new MemberId(1));
    private static readonly AcceptedProposal s_accepted = new(s_low, PaxosGroup.ValueOf(5));

    private static readonly StableRecord[] s_records =
    [
        new RoundsReservedRecord(1001),
        new PromisedRecord(2, s_low),
        new AcceptedRecord(2, s_accepted),
        new PromisedRecord(2, s_high),
        new ChosenRecord(1, PaxosGroup.ValueOf(4)),
    ];

    [Fact]
    public void What_was_flushed_is_read_again_and_what_later_records_say_is_left_out()
    {
        var disk = new SimulatedDisk();
        var lane = new ManualLane();
        Append(disk, lane, [new PromisedRecord(1, s_low), .. s_records]);
        lane.RunAll();
        disk.Crash(new SeededRandom(1));

        Read(disk).ShouldBe([s_records[4], s_records[2], s_records[3], s_records[0]]);
    }

    [Fact]
    public void A_member_restarts_from_the_compacted_records_as_from_all()
    {
        var options = new PaxosOptions { Id = new MemberId(1), Members = [new MemberId(1), new MemberId(2), new MemberId(3)], Seed = 1 };
        foreach (IEnumerable<StableRecord> records in (IEnumerable<StableRecord>[])[s_records, RecordCompaction.Compact(s_records)])
        {
            var node = new PaxosNode(options, records);

            node.Learner.FirstUnknown.ShouldBe(2);
            node.RoundsReserved.ShouldBe(1001);
            node.AcceptorOf(2)!.Promised.ShouldBe(s_high);
            node.AcceptorOf(2)!.Accepted.ShouldBe(s_accepted);
        }
    }

    [Fact]
    public void A_power_loss_at_any_operation_keeps_what_was_told_as_durable_and_tears_no_batch()
    {
        for (ulong seed = 1; seed <= 200; seed++)
        {
            var disk = new SimulatedDisk();
            var lane = new ManualLane();
            var random = new SeededRandom(seed);
            int durable = 0;
            try
            {
                disk.CrashAfterOperations = random.Next(20);
                PaxosJournal journal = PaxosJournal.Open(disk, lane, _ => { }, out _);
                for (int round = 1; round <= 6; round++)
                {
                    int written = round;
                    journal.Append([new PromisedRecord(round, s_low), new AcceptedRecord(round, s_accepted)], () => durable = written);
                    lane.RunAll();
                }
            }
            catch (SimulatedCrashException)
            {
                lane.Clear();
            }

            disk.Crash(random);
            IReadOnlyList<StableRecord> records = Read(disk);
            records.ShouldAllBe(record => record is AcceptedRecord, "an acceptance makes the promise of the same batch needless");
            records.Count.ShouldBeGreaterThanOrEqualTo(durable);
            records.Select(record => ((AcceptedRecord)record).Instance).ShouldBe(Enumerable.Range(1, records.Count).Select(i => (long)i));
        }
    }

    [Fact]
    public void What_a_start_has_read_is_durable_although_the_killed_process_had_not_flushed_it()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var disk = new SimulatedDisk();
            var lane = new ManualLane();
            Append(disk, lane, s_records);
            lane.RunStep().ShouldBeTrue("written, and not flushed");
            disk.EndProcess();
            IReadOnlyList<StableRecord> seen = Read(disk);
            seen.Count.ShouldBe(4);

            disk.Crash(new SeededRandom(seed));

            Read(disk).ShouldBe(seen);
        }
    }

    [Fact]
    public void A_failed_flush_is_told_and_nothing_is_durable_by_it()
    {
        var disk = new SimulatedDisk();
        var lane = new ManualLane();
        Exception? failure = null;
        PaxosJournal journal = PaxosJournal.Open(disk, lane, error => failure = error, out _);
        disk.FailNext(DiskOperation.Flush);
        journal.Append(s_records, () => throw new InvalidOperationException("told as durable"));

        lane.RunAll();

        failure.ShouldBeAssignableTo<IOException>();
    }

    [Fact]
    public void A_file_that_is_no_journal_is_not_taken_for_an_empty_one()
    {
        var disk = new SimulatedDisk();
        using (IDiskFile file = disk.Open(PaxosJournal.Path, DiskFileMode.Create))
        {
            file.Write(0, new byte[64]);
        }

        Should.Throw<StorageException>(() => Read(disk));
    }

    [Fact]
    public void Every_message_is_read_as_it_was_written_and_no_damaged_one_is_read()
    {
        MemberId from = new(1);
        MemberId to = new(2);
        PaxosMessage[] messages =
        [
            new Prepare { From = from, To = to, Instance = 3, Ballot = s_low },
            new Promise { From = from, To = to, Instance = 3, Ballot = s_low },
            new Promise { From = from, To = to, Instance = 3, Ballot = s_high, Accepted = s_accepted },
            new Accept { From = from, To = to, Instance = 3, Ballot = s_low, Value = PaxosGroup.ValueOf(5) },
            new Accepted { From = from, To = to, Instance = 3, Ballot = s_low },
            new Rejected { From = from, To = to, Instance = 3, Ballot = s_low, Promised = s_high },
            new Chosen { From = from, To = to, Instance = 3, Value = PaxosGroup.ValueOf(5) },
            new Learn { From = from, To = to, Instance = 3 },
        ];
        foreach (PaxosMessage message in messages)
        {
            using FrameBuffer frame = PaxosFrame.Encode(message);
            byte[] bytes = frame.Written.ToArray();
            PaxosFrame.Decode(bytes).ShouldBe(message);
            for (int cut = 0; cut < bytes.Length; cut++)
            {
                PaxosFrame.Decode(bytes.AsSpan(0, cut)).ShouldBeNull();
            }

            for (int bit = 0; bit < bytes.Length * 8; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                PaxosFrame.Decode(bytes).ShouldBeNull();
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    private static void Append(SimulatedDisk disk, ManualLane lane, IReadOnlyList<StableRecord> records) =>
        PaxosJournal.Open(disk, lane, static error => throw error, out _).Append(records, static () => { });

    private static IReadOnlyList<StableRecord> Read(SimulatedDisk disk)
    {
        PaxosJournal.Open(disk, new ManualLane(), static error => throw error, out IReadOnlyList<StableRecord> records);
        return records;
    }
}
