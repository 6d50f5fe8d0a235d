using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quorate.Etcd.Protocol;
using Quorate.Grpc;

namespace Quorate.Client.Tests;

/// <summary>A member that keeps what is put and fails in the ways that a test has lined up, before or after doing the work.</summary>
public sealed class FakeMember : IAsyncDisposable
{
    private readonly WebApplication application;

    private FakeMember(WebApplication application, string endpoint)
    {
        this.application = application;
        Endpoint = endpoint;
    }

    public string Endpoint { get; }

    /// <summary>The names of the methods that were called, in order; without Status, which clients ask to see who answers.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    public ConcurrentDictionary<string, string> Keys { get; } = new();

    /// <summary>Each call takes one: it fails with that status without doing anything; null works.</summary>
    public ConcurrentQueue<Status?> Failures { get; } = new();

    /// <summary>Each call takes one: it does its work and then breaks its connection.</summary>
    public bool BreakAfterWork { get; set; }

    /// <summary>Calls never end by themselves.</summary>
    public bool Hang { get; set; }

    /// <summary>What it says on each stream of watches, one after another; a stream for which there is nothing ends as unavailable.</summary>
    public ConcurrentQueue<Func<FakeStream<WatchRequest, WatchResponse>, Task>> WatchStreams { get; } = new();

    /// <summary>What it says on each stream of keep-alives.</summary>
    public ConcurrentQueue<Func<FakeStream<LeaseKeepAliveRequest, LeaseKeepAliveResponse>, Task>> KeepAliveStreams { get; } = new();

    /// <summary>The TTL that leases are granted, in seconds.</summary>
    public long GrantedSeconds { get; set; } = 30;

    public static async Task<FakeMember> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        WebApplication application = builder.Build();
        FakeMember? member = null;
        application.Use(async (http, next) =>
        {
            string method = http.Request.Path.Value![(http.Request.Path.Value!.LastIndexOf('/') + 1)..];
            bool isStatus = method == nameof(Services.Status);
            if (!isStatus)
            {
                member!.Calls.Enqueue(method);
            }

            await next(http);
            if (member!.BreakAfterWork && !isStatus)
            {
                http.Abort();
            }
        });
        application.UseRouting();
        var services = new Services(() => member!);
        foreach (Google.Protobuf.Reflection.ServiceDescriptor service in RpcReflection.Descriptor.Services)
        {
            if (service.Name is "KV" or "Maintenance" or "Cluster" or "Watch" or "Lease")
            {
                application.MapGrpcService(service, services);
            }
        }

        await application.StartAsync();
        string address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        member = new FakeMember(application, new Uri(address).Authority);
        return member;
    }

    /// <summary>What it found wrong in a conversation on a stream.</summary>
    private ConcurrentQueue<Exception> Problems { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await application.DisposeAsync();
        Problems.ShouldBeEmpty();
    }

    private sealed class Services(Func<FakeMember> find)
    {
        public async Task<PutResponse> Put(PutRequest request, ServerCallContext context)
        {
            FakeMember member = await BeginAsync(context);
            member.Keys[request.Key.ToStringUtf8()] = request.Value.ToStringUtf8();
            return new PutResponse { Header = new ResponseHeader { Revision = member.Keys.Count } };
        }

        public async Task<RangeResponse> Range(RangeRequest request, ServerCallContext context)
        {
            FakeMember member = await BeginAsync(context);
            var response = new RangeResponse { Header = new ResponseHeader { Revision = member.Keys.Count } };
            if (member.Keys.TryGetValue(request.Key.ToStringUtf8(), out string? value))
            {
                response.Kvs.Add(new KeyValue { Key = request.Key, Value = ByteString.CopyFromUtf8(value) });
                response.Count = 1;
            }

            return response;
        }

        public async Task<DeleteRangeResponse> DeleteRange(DeleteRangeRequest request, ServerCallContext context)
        {
            FakeMember member = await BeginAsync(context);
            return new DeleteRangeResponse { Deleted = member.Keys.TryRemove(request.Key.ToStringUtf8(), out _) ? 1 : 0 };
        }

        public async Task<TxnResponse> Txn(TxnRequest request, ServerCallContext context)
        {
            FakeMember member = await BeginAsync(context);
            foreach (RequestOp operation in request.Success)
            {
                if (operation.RequestPut is { } put)
                {
                    member.Keys[put.Key.ToStringUtf8()] = put.Value.ToStringUtf8();
                }
            }

            return new TxnResponse { Header = new ResponseHeader { Revision = member.Keys.Count }, Succeeded = true };
        }

        public async Task<CompactionResponse> Compact(CompactionRequest request, ServerCallContext context)
        {
            await BeginAsync(context);
            return new CompactionResponse { Header = new ResponseHeader { Revision = request.Revision } };
        }

        public async Task<StatusResponse> Status(StatusRequest request, ServerCallContext context)
        {
            FakeMember member = find();
            if (member.Hang)
            {
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
            }

            return new StatusResponse { Version = member.Endpoint };
        }

        public async Task<HashKVResponse> HashKV(HashKVRequest request, ServerCallContext context)
        {
            await BeginAsync(context);
            return new HashKVResponse { HashRevision = request.Revision };
        }

        public async Task<MoveLeaderResponse> MoveLeader(MoveLeaderRequest request, ServerCallContext context)
        {
            await BeginAsync(context);
            return new MoveLeaderResponse();
        }

        public async Task<MemberListResponse> MemberList(MemberListRequest request, ServerCallContext context)
        {
            await BeginAsync(context);
            return new MemberListResponse { Members = { new Member { Name = "one" } } };
        }

        public Task Watch(IAsyncStreamReader<WatchRequest> requests, IServerStreamWriter<WatchResponse> responses, ServerCallContext context) =>
            TalkAsync(find(), find().WatchStreams, requests, responses, context);

        public Task LeaseKeepAlive(
            IAsyncStreamReader<LeaseKeepAliveRequest> requests, IServerStreamWriter<LeaseKeepAliveResponse> responses, ServerCallContext context) =>
            TalkAsync(find(), find().KeepAliveStreams, requests, responses, context);

        public async Task<LeaseGrantResponse> LeaseGrant(LeaseGrantRequest request, ServerCallContext context)
        {
            FakeMember member = await BeginAsync(context);
            return new LeaseGrantResponse { Header = new ResponseHeader(), ID = request.ID == 0 ? 77 : request.ID, TTL = member.GrantedSeconds };
        }

        public async Task<LeaseRevokeResponse> LeaseRevoke(LeaseRevokeRequest request, ServerCallContext context)
        {
            await BeginAsync(context);
            return new LeaseRevokeResponse { Header = new ResponseHeader() };
        }

        private static async Task TalkAsync<TRequest, TResponse>(
            FakeMember member,
            ConcurrentQueue<Func<FakeStream<TRequest, TResponse>, Task>> conversations,
            IAsyncStreamReader<TRequest> requests,
            IServerStreamWriter<TResponse> responses,
            ServerCallContext context)
        {
            if (!conversations.TryDequeue(out Func<FakeStream<TRequest, TResponse>, Task>? talk))
            {
                throw new RpcException(new Status(StatusCode.Unavailable, "nothing to say"));
            }

            try
            {
                await talk(new FakeStream<TRequest, TResponse>(requests, responses, context));
            }
            catch (Exception e) when (e is ShouldAssertException or NullReferenceException)
            {
                member.Problems.Enqueue(e);
                throw;
            }
        }

        private async Task<FakeMember> BeginAsync(ServerCallContext context)
        {
            FakeMember member = find();
            if (member.Hang)
            {
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
            }

            if (member.Failures.TryDequeue(out Status? failure) && failure is { } status)
            {
                throw new RpcException(status);
            }

            return member;
        }
    }
}
