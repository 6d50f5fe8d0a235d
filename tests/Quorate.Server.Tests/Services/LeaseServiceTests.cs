using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Quorate.Etcd;
using Quorate.Etcd.Protocol;
using Quorate.Grpc;
using Quorate.Raft;
using Quorate.Replica;
using Quorate.Server.Services;
using Status = Quorate.Grpc.Status;

namespace Quorate.Server.Tests.Services;

/// <summary>A stream of keep-alives, on a replica that ends proposals when the test says so.</summary>
public sealed class LeaseServiceTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly HeldReplica _replica = new();
    private readonly Requests _requests = new();
    private readonly Answers _answers = new();
    private readonly Task _stream;

    public LeaseServiceTests()
    {
        EtcdFront front = new(_replica, new EtcdStateMachine(), new EtcdOptions { ClusterId = 1 });
        _stream = new LeaseService(front.Lease).LeaseKeepAlive(_requests, _answers, new FakeCallContext());
    }

    [Fact]
    public async Task Renewals_are_answered_in_the_order_of_asking()
    {
        _requests.Ask(7);
        _requests.Ask(8);
        Proposal first = await _replica.NextAsync();
        Proposal second = await _replica.NextAsync();

        HeldReplica.Answer(second, new LeaseKeepAliveResponse { ID = 8, TTL = 5 });
        HeldReplica.Answer(first, new LeaseKeepAliveResponse { ID = 7, TTL = 5 });
        _requests.End();

        (await _answers.NextAsync()).ID.ShouldBe(7);
        (await _answers.NextAsync()).ID.ShouldBe(8);
        await _stream.WaitAsync(s_patience);
    }

    [Fact]
    public async Task So_many_are_under_way_and_no_more()
    {
        const int AtMost = 64 + 2;
        for (int id = 1; id <= 200; id++)
        {
            _requests.Ask(id);
        }

        List<Proposal> proposals = [];
        for (int i = 0; i < 64; i++)
        {
            proposals.Add(await _replica.NextAsync());
        }

        _replica.Proposed.ShouldBeLessThanOrEqualTo(AtMost);
        for (int id = 1; id <= 200; id++)
        {
            if (proposals.Count == 0)
            {
                proposals.Add(await _replica.NextAsync());
            }

            HeldReplica.Answer(proposals[0], new LeaseKeepAliveResponse { ID = id, TTL = 5 });
            proposals.RemoveAt(0);
            (await _answers.NextAsync()).ID.ShouldBe(id);
            _replica.Proposed.ShouldBeLessThanOrEqualTo(id + AtMost);
        }

        _requests.End();
        await _stream.WaitAsync(s_patience);
    }

    [Fact]
    public async Task A_renewal_that_fails_ends_the_stream_with_its_error()
    {
        _requests.Ask(7);
        _requests.Ask(8);
        HeldReplica.Fail(await _replica.NextAsync(), ProposalStatus.NoLeader);

        RpcException error = await Should.ThrowAsync<RpcException>(() => _stream.WaitAsync(s_patience));
        error.Status.ShouldBe(new Status(StatusCode.Unavailable, EtcdError.NoLeader.Text));
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_ends_the_stream_after_the_answers_to_those_before_it()
    {
        _requests.Ask(7);
        _requests.Fail(new RpcException(new Status(StatusCode.Internal, "no message")));
        HeldReplica.Answer(await _replica.NextAsync(), new LeaseKeepAliveResponse { ID = 7, TTL = 5 });

        (await _answers.NextAsync()).ID.ShouldBe(7);
        (await Should.ThrowAsync<RpcException>(() => _stream.WaitAsync(s_patience))).Status.Detail.ShouldBe("no message");
    }

    private sealed class Requests : IAsyncStreamReader<LeaseKeepAliveRequest>
    {
        private readonly Channel<LeaseKeepAliveRequest> _channel = Channel.CreateUnbounded<LeaseKeepAliveRequest>();

        public LeaseKeepAliveRequest Current { get; private set; } = new();

        public void Ask(long id) => _channel.Writer.TryWrite(new LeaseKeepAliveRequest { ID = id }).ShouldBeTrue();

        public void End() => _channel.Writer.Complete();

        public void Fail(Exception error) => _channel.Writer.Complete(error);

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            if (!await _channel.Reader.WaitToReadAsync(cancellationToken))
            {
                return false;
            }

            Current = await _channel.Reader.ReadAsync(cancellationToken);
            return true;
        }
    }

    private sealed class Answers : IServerStreamWriter<LeaseKeepAliveResponse>
    {
        private readonly Channel<LeaseKeepAliveResponse> _channel = Channel.CreateUnbounded<LeaseKeepAliveResponse>();

        public Task<LeaseKeepAliveResponse> NextAsync() => _channel.Reader.ReadAsync().AsTask().WaitAsync(s_patience);

        public Task WriteAsync(LeaseKeepAliveResponse message) => _channel.Writer.WriteAsync(message).AsTask();

        public Task WriteAsync(LeaseKeepAliveResponse message, CancellationToken cancellationToken) => WriteAsync(message);
    }

    private sealed class HeldReplica : IReplica
    {
        private readonly Channel<Proposal> _proposals = Channel.CreateUnbounded<Proposal>();
        private int _proposed;

        public MemberId Id => Status.Id;

        public int Proposed => Volatile.Read(ref _proposed);

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

        public Task<Proposal> NextAsync() => _proposals.Reader.ReadAsync().AsTask().WaitAsync(s_patience);

        public void Propose(Proposal proposal)
        {
            Interlocked.Increment(ref _proposed);
            _proposals.Writer.TryWrite(proposal);
        }

        public static void Answer(Proposal proposal, LeaseKeepAliveResponse response) =>
            Complete(proposal, new ProposalOutcome(ProposalStatus.Applied, 1, 1, response));

        public static void Fail(Proposal proposal, ProposalStatus status) => Complete(proposal, new ProposalOutcome(status));

        public void Read(ReadRequest read) => throw new NotSupportedException();

        public void TransferLeadership(MemberId target, Action<TransferOutcome> completed) => throw new NotSupportedException();

        public void AddDuty(IReplicaDuty duty)
        {
            // Time stands still here.
        }

        [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Completed")]
        private static extern void Complete(Proposal proposal, in ProposalOutcome outcome);
    }
}
