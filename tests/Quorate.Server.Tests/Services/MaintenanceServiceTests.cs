using System.Runtime.CompilerServices;
using Quorate.Etcd;
using Quorate.Etcd.Protocol;
using Quorate.Grpc;
using Quorate.Raft;
using Quorate.Replica;
using Quorate.Server.Services;
using Status = Quorate.Grpc.Status;

namespace Quorate.Server.Tests.Services;

/// <summary>Snapshots to clients that do not read them.</summary>
public sealed class MaintenanceServiceTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Only_so_many_snapshots_are_sent_at_once()
    {
        MaintenanceService service = Service(stallMax: Timeout.InfiniteTimeSpan);
        StuckClient[] clients = [.. Enumerable.Range(0, MaintenanceService.SnapshotsMax).Select(_ => new StuckClient())];
        Task[] calls = [.. clients.Select(client => service.Snapshot(new SnapshotRequest(), client, new FakeCallContext()))];

        RpcException refused = await Should.ThrowAsync<RpcException>(service.Snapshot(new SnapshotRequest(), new StuckClient(), new FakeCallContext()));

        refused.Status.Detail.ShouldBe(EtcdError.TooManyRequests.Text);
        calls.ShouldAllBe(call => !call.IsCompleted);
    }

    [Fact]
    public async Task A_client_that_never_reads_is_told_why_its_snapshot_ended_and_its_place_is_free()
    {
        MaintenanceService service = Service(stallMax: TimeSpan.FromMilliseconds(1));
        for (int i = 0; i < 2 * MaintenanceService.SnapshotsMax; i++)
        {
            RpcException ended = await Should.ThrowAsync<RpcException>(
                service.Snapshot(new SnapshotRequest(), new StuckClient(), new FakeCallContext()).WaitAsync(s_patience));

            ended.Status.ShouldBe(new Status(StatusCode.ResourceExhausted, "etcdserver: quorate ended a stream that its client did not read"));
        }
    }

    private static MaintenanceService Service(TimeSpan stallMax) =>
        new(new EtcdFront(new ReadingReplica(), new EtcdStateMachine(), new EtcdOptions { ClusterId = 1 }).Maintenance, stallMax);

    /// <summary>Its connection is there and its windows are full.</summary>
    private sealed class StuckClient : IServerStreamWriter<SnapshotResponse>
    {
        public Task WriteAsync(SnapshotResponse message) => WriteAsync(message, CancellationToken.None);

        public Task WriteAsync(SnapshotResponse message, CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
    }

    /// <summary>Every read is ready at once; nothing else is asked of it.</summary>
    private sealed class ReadingReplica : IReplica
    {
        public MemberId Id => Status.Id;

        public ReplicaStatus Status { get; } = new()
        {
            Id = new MemberId(1),
            Role = Raft.Role.Leader,
            Term = 1,
            LeaderId = new MemberId(1),
            LastIndex = 0,
            CommitIndex = 0,
            AppliedIndex = 0,
            SnapshotIndex = 0,
            Configuration = new Raft.Configuration([new MemberId(1)]),
        };

        public void Read(ReadRequest read) => Complete(read, ReadOutcome.Ready);

        public void Propose(Proposal proposal) => throw new NotSupportedException();

        public void TransferLeadership(MemberId target, Action<TransferOutcome> completed) => throw new NotSupportedException();

        public void AddDuty(IReplicaDuty duty)
        {
            // Time stands still here.
        }

        [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Completed")]
        private static extern void Complete(ReadRequest read, ReadOutcome outcome);
    }
}
