using Quorate.Raft;

namespace Quorate.Replica.Tests;

public sealed class ReplicaOptionsTests
{
    private static readonly ReplicaOptions s_good = new()
    {
        Id = new MemberId(1),
        ClusterId = 1,
        InitialConfiguration = new Configuration([new MemberId(1)]),
    };

    [Fact]
    public void The_defaults_work() => s_good.Validate();

    [Fact]
    public void A_setting_that_cannot_work_is_refused_by_its_name()
    {
        (string Name, ReplicaOptions Options)[] bad =
        [
            ("member id", s_good with { Id = MemberId.None }),
            ("cluster id", s_good with { ClusterId = 0 }),
            ("voter", s_good with { InitialConfiguration = new Configuration([]) }),
            ("heartbeat", s_good with { HeartbeatTicks = 10 }),
            ("TickInterval", s_good with { TickInterval = TimeSpan.Zero }),
            ("SnapshotEveryEntries", s_good with { SnapshotEveryEntries = 0 }),
            ("SnapshotEveryLogBytes", s_good with { SnapshotEveryLogBytes = 0 }),
            ("TrailingEntriesKept", s_good with { TrailingEntriesKept = -1 }),
            ("LaggingBytesKept", s_good with { LaggingBytesKept = -1 }),
            ("CommandBytesMax", s_good with { CommandBytesMax = 3 }),
            ("PendingProposalsMax", s_good with { PendingProposalsMax = 0 }),
            ("PendingReadsMax", s_good with { PendingReadsMax = 0 }),
            ("ApplyEntriesMax", s_good with { ApplyEntriesMax = 0 }),
            ("FrameBytesMax", s_good with { CommandBytesMax = 8 << 20 }),
            ("FrameBytesMax", s_good with { FrameBytesMax = 100 << 20 }),
            ("MessageBytesMax", s_good with { ConfigureRaft = raft => raft with { MessageBytesMax = 0 } }),
        ];
        foreach ((string name, ReplicaOptions options) in bad)
        {
            Should.Throw<ArgumentException>(options.Validate).Message.ShouldContain(name);
        }
    }
}
