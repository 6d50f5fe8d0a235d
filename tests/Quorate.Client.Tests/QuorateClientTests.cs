using System.Net;
using System.Net.Sockets;
using Quorate.Etcd.Protocol;
using Quorate.Grpc;

namespace Quorate.Client.Tests;

public sealed class QuorateClientTests
{
    private static readonly Status NoLeader = new(StatusCode.Unavailable, "etcdserver: no leader");
    private static readonly Status TooManyRequests = new(StatusCode.ResourceExhausted, "etcdserver: too many requests");
    private static readonly Status TimedOut = new(StatusCode.Unavailable, "etcdserver: request timed out");
    private static readonly Status NotLeader = new(StatusCode.FailedPrecondition, "etcdserver: not leader");

    [Fact]
    public async Task Keys_are_written_read_and_deleted()
    {
        await using FakeMember member = await FakeMember.StartAsync();
        using var client = new QuorateClient(member.Endpoint);

        (await client.PutAsync("a", "1")).Header.Revision.ShouldBe(1);
        (await client.GetAsync("a"))!.Value.ToStringUtf8().ShouldBe("1");
        (await client.DeleteAsync("a")).ShouldBeTrue();
        (await client.DeleteAsync("a")).ShouldBeFalse();
        (await client.GetAsync("a")).ShouldBeNull();
    }

    [Fact]
    public async Task The_rest_of_the_operations_reach_their_methods()
    {
        await using FakeMember member = await FakeMember.StartAsync();
        using var client = new QuorateClient(member.Endpoint);

        (await client.TxnAsync(new TransactionBuilder().IfVersion("b", 0).Then(Operations.Put("b", "2")).Else(Operations.Get("b")))).Succeeded.ShouldBeTrue();
        (await client.CompactAsync(7)).Header.Revision.ShouldBe(7);
        (await client.StatusAsync()).Version.ShouldBe(member.Endpoint);
        (await client.HashKVAsync(3)).HashRevision.ShouldBe(3);
        (await client.MemberListAsync()).Members[0].Name.ShouldBe("one");
        await client.MoveLeaderAsync(1);

        member.Keys["b"].ShouldBe("2");
        member.Calls.ShouldBe(["Txn", "Compact", "HashKV", "MemberList", "MoveLeader"]);
    }

    [Fact]
    public async Task A_client_stays_with_one_endpoint_while_that_serves()
    {
        await using FakeMember first = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        using var client = Patient(first.Endpoint, second.Endpoint);

        for (int i = 0; i < 10; i++)
        {
            await client.GetAsync("a");
        }

        first.Calls.Count.ShouldBe(10);
        second.Calls.ShouldBeEmpty();
    }

    [Fact]
    public void Many_clients_that_may_start_anywhere_spread_over_the_endpoints()
    {
        HashSet<Uri> first = [];
        for (int i = 0; i < 100; i++)
        {
            using var client = new QuorateClient(new QuorateClientOptions { Endpoints = ["a", "b"], StartAnywhere = true });
            first.Add(client.CurrentEndpoint);
        }

        first.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Reads_and_writes_go_to_the_next_endpoint_when_nobody_listens_at_the_first()
    {
        using Socket dead = Deaf(out string nobody);
        await using FakeMember member = await FakeMember.StartAsync();
        using var client = new QuorateClient(nobody, member.Endpoint);

        await client.PutAsync("a", "1");
        (await client.GetAsync("a"))!.Value.ToStringUtf8().ShouldBe("1");

        client.CurrentEndpoint.Authority.ShouldBe(member.Endpoint);
        member.Calls.ShouldBe(["Put", "Range"]);
    }

    [Fact]
    public async Task A_client_goes_on_with_the_next_endpoint_when_its_own_goes_away()
    {
        FakeMember first = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        using var client = Patient(first.Endpoint, second.Endpoint);
        await client.GetAsync("a");

        await first.DisposeAsync();
        await client.GetAsync("a");

        second.Calls.Count.ShouldBe(1);
    }

    public static TheoryData<StatusCode, string> CertainRefusals() => new()
    {
        { NoLeader.StatusCode, NoLeader.Detail },
        { TooManyRequests.StatusCode, TooManyRequests.Detail },
        { StatusCode.Unavailable, "etcdserver: leader changed" },
    };

    [Theory]
    [MemberData(nameof(CertainRefusals))]
    public async Task A_write_that_was_certainly_refused_is_tried_elsewhere(StatusCode code, string text)
    {
        await using FakeMember first = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        first.Failures.Enqueue(new Status(code, text));
        using var client = Patient(first.Endpoint, second.Endpoint);

        await client.PutAsync("a", "1");

        first.Calls.Count.ShouldBe(1);
        first.Keys.ShouldBeEmpty();
        second.Keys["a"].ShouldBe("1");
    }

    [Fact]
    public async Task A_write_that_timed_out_in_the_cluster_is_not_tried_again_and_its_outcome_is_unknown()
    {
        await using FakeMember first = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        first.Failures.Enqueue(TimedOut);
        using var client = Patient(first.Endpoint, second.Endpoint);

        QuorateException error = await Should.ThrowAsync<QuorateException>(client.PutAsync("a", "1"));

        error.OutcomeUnknown.ShouldBeTrue();
        error.Status.ShouldBe(TimedOut);
        error.Message.ShouldContain("not known");
        second.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_write_to_a_store_that_is_full_is_not_tried_again_and_its_outcome_is_unknown()
    {
        await using FakeMember first = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        var full = new Status(StatusCode.ResourceExhausted, "etcdserver: mvcc: database space exceeded");
        first.Failures.Enqueue(full);
        using var client = Patient(first.Endpoint, second.Endpoint);

        QuorateException error = await Should.ThrowAsync<QuorateException>(client.PutAsync("a", "1"));

        error.OutcomeUnknown.ShouldBeTrue("etcd carries out the write during which it finds its quota exceeded");
        error.Status.ShouldBe(full);
        second.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(StatusCode.InvalidArgument, "etcdserver: request is too large")]
    [InlineData(StatusCode.ResourceExhausted, "grpc: received message larger than max (3 vs. 2)")]
    public async Task A_write_that_is_too_large_certainly_failed(StatusCode code, string text)
    {
        await using FakeMember member = await FakeMember.StartAsync();
        member.Failures.Enqueue(new Status(code, text));
        using var client = new QuorateClient(member.Endpoint);

        (await Should.ThrowAsync<QuorateException>(client.PutAsync("a", "1"))).OutcomeUnknown.ShouldBeFalse();
    }

    [Fact]
    public async Task A_write_whose_answer_was_lost_is_not_tried_again_and_its_outcome_is_unknown()
    {
        await using FakeMember first = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        first.BreakAfterWork = true;
        using var client = Patient(first.Endpoint, second.Endpoint);

        QuorateException error = await Should.ThrowAsync<QuorateException>(client.PutAsync("a", "1"));

        error.OutcomeUnknown.ShouldBeTrue();
        first.Keys["a"].ShouldBe("1");
        first.Calls.Count.ShouldBe(1);
        second.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_write_that_found_no_answer_in_time_has_an_unknown_outcome()
    {
        await using FakeMember member = await FakeMember.StartAsync();
        member.Hang = true;
        using var client = new QuorateClient(new QuorateClientOptions { Endpoints = [member.Endpoint], Timeout = TimeSpan.FromSeconds(2) });

        QuorateException error = await Should.ThrowAsync<QuorateException>(client.PutAsync("a", "1"));

        error.OutcomeUnknown.ShouldBeTrue();
        error.Status.StatusCode.ShouldBe(StatusCode.DeadlineExceeded);
        member.Calls.Count.ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public async Task A_read_is_tried_again_after_any_failure_that_may_pass()
    {
        await using FakeMember first = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        first.Failures.Enqueue(TimedOut);
        second.Failures.Enqueue(NoLeader);
        first.Failures.Enqueue(TooManyRequests);
        second.Keys["a"] = "1";
        using var client = Patient(first.Endpoint, second.Endpoint);

        (await client.GetAsync("a"))!.Value.ToStringUtf8().ShouldBe("1");

        first.Calls.Count.ShouldBe(2);
        second.Calls.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_transaction_that_only_reads_is_tried_again_like_a_read()
    {
        await using FakeMember member = await FakeMember.StartAsync();
        member.Failures.Enqueue(TimedOut);
        using var client = new QuorateClient(member.Endpoint);

        (await client.TxnAsync(new TransactionBuilder().Then(Operations.Get("a")))).Succeeded.ShouldBeTrue();

        member.Calls.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_transaction_that_may_write_is_not()
    {
        await using FakeMember member = await FakeMember.StartAsync();
        member.Failures.Enqueue(TimedOut);
        using var client = new QuorateClient(member.Endpoint);

        QuorateException error = await Should.ThrowAsync<QuorateException>(
            client.TxnAsync(new TransactionBuilder().IfValue("a", "1").Then(Operations.Get("a")).Else(Operations.Delete("a"))));

        error.OutcomeUnknown.ShouldBeTrue();
        member.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_read_leaves_an_endpoint_that_does_not_answer()
    {
        await using FakeMember first = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        first.Hang = true;
        using var client = new QuorateClient(new QuorateClientOptions
        {
            Endpoints = [first.Endpoint, second.Endpoint],
            Timeout = TimeSpan.FromSeconds(30),
            ReadAttemptTimeout = TimeSpan.FromMilliseconds(200),
        });

        (await client.GetAsync("a")).ShouldBeNull();

        second.Calls.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task What_the_server_refuses_for_good_is_not_tried_again_and_certainly_not_carried_out()
    {
        await using FakeMember first = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        first.Failures.Enqueue(new Status(StatusCode.InvalidArgument, "etcdserver: key is not provided"));
        using var client = Patient(first.Endpoint, second.Endpoint);

        QuorateException error = await Should.ThrowAsync<QuorateException>(client.PutAsync("", "1"));

        error.OutcomeUnknown.ShouldBeFalse();
        error.Status.Detail.ShouldBe("etcdserver: key is not provided");
        second.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_write_that_nobody_could_be_asked_for_certainly_failed()
    {
        using Socket one = Deaf(out string nobody);
        using Socket other = Deaf(out string nobodyElse);
        using var client = new QuorateClient(new QuorateClientOptions { Endpoints = [nobody, nobodyElse], Timeout = TimeSpan.FromSeconds(1) });

        QuorateException error = await Should.ThrowAsync<QuorateException>(client.PutAsync("a", "1"));

        error.OutcomeUnknown.ShouldBeFalse();
        error.Status.StatusCode.ShouldBe(StatusCode.Unavailable);
    }

    [Fact]
    public async Task What_a_member_said_is_told_rather_than_that_another_cannot_be_reached()
    {
        using Socket dead = Deaf(out string nobody);
        await using FakeMember member = await FakeMember.StartAsync();
        using var client = new QuorateClient(new QuorateClientOptions { Endpoints = [member.Endpoint, nobody], Timeout = TimeSpan.FromSeconds(5) });
        Refuse(member, NoLeader);
        Task[] operations =
        [
            client.GetAsync("a"), client.PutAsync("a", "1"), client.GrantLeaseAsync(TimeSpan.FromMinutes(1)), client.RevokeLeaseAsync(5),
        ];

        foreach (Task operation in operations)
        {
            QuorateException error = await Should.ThrowAsync<QuorateException>(operation);
            error.Status.ShouldBe(NoLeader);
            error.Endpoint.Authority.ShouldBe(member.Endpoint);
            error.OutcomeUnknown.ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_repeatable_write_of_which_one_attempt_may_have_taken_effect_is_not_told_as_failed()
    {
        await using FakeMember member = await FakeMember.StartAsync();
        using var client = new QuorateClient(new QuorateClientOptions { Endpoints = [member.Endpoint], Timeout = TimeSpan.FromSeconds(5) });
        member.Failures.Enqueue(TimedOut);
        Refuse(member, NoLeader);

        QuorateException error = await Should.ThrowAsync<QuorateException>(client.RevokeLeaseAsync(5));

        error.Status.ShouldBe(NoLeader);
        error.OutcomeUnknown.ShouldBeTrue();
        member.Calls.Count.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task Leadership_is_handed_over_by_the_member_that_has_it()
    {
        await using FakeMember first = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        first.Failures.Enqueue(NotLeader);
        using var client = Patient(first.Endpoint, second.Endpoint);

        await client.MoveLeaderAsync(5);

        second.Calls.ShouldBe(["MoveLeader"]);
    }

    [Fact]
    public async Task Leadership_that_moves_on_while_the_endpoints_are_asked_is_found_all_the_same()
    {
        await using FakeMember first = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        first.Failures.Enqueue(NotLeader);
        second.Failures.Enqueue(NotLeader);
        using var client = Patient(first.Endpoint, second.Endpoint);

        await client.MoveLeaderAsync(5);

        first.Calls.ShouldBe(["MoveLeader", "MoveLeader"]);
    }

    [Fact]
    public async Task If_none_of_the_endpoints_leads_that_is_said_after_asking_each_twice()
    {
        await using FakeMember first = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        for (int i = 0; i < 2; i++)
        {
            first.Failures.Enqueue(NotLeader);
            second.Failures.Enqueue(NotLeader);
        }

        using var client = Patient(first.Endpoint, second.Endpoint);

        QuorateException error = await Should.ThrowAsync<QuorateException>(client.MoveLeaderAsync(5));

        error.Status.ShouldBe(NotLeader);
        error.OutcomeUnknown.ShouldBeFalse();
        (first.Calls.Count + second.Calls.Count).ShouldBe(4);
    }

    [Fact]
    public async Task The_status_of_one_member_is_that_of_the_one_asked()
    {
        await using FakeMember first = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        using var client = Patient(first.Endpoint, second.Endpoint);

        (await client.StatusAsync(client.Endpoints[1])).Version.ShouldBe(second.Endpoint);

        client.CurrentEndpoint.Authority.ShouldBe(first.Endpoint);
        Should.Throw<ArgumentException>(() => client.StatusAsync(new Uri("http://127.0.0.1:1")));
    }

    [Fact]
    public async Task A_write_is_not_sent_to_a_member_that_hangs_but_to_the_next()
    {
        await using FakeMember hanging = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        hanging.Hang = true;
        using var client = new QuorateClient(new QuorateClientOptions
        {
            Endpoints = [hanging.Endpoint, second.Endpoint],
            // The first call of a process on a busy machine takes longer than a tenth of a second: were the second's answer
            // not awaited, nobody would have answered, and the first be asked after all.
            ProbeTimeout = TimeSpan.FromSeconds(5),
            Timeout = TimeSpan.FromMinutes(1),
        });

        await client.PutAsync("k", "v");

        hanging.Calls.ShouldBeEmpty();
        second.Keys["k"].ShouldBe("v");
        client.CurrentEndpoint.Authority.ShouldBe(second.Endpoint);
    }

    /// <summary>However little patience there is with an endpoint where others are: a sole one has time to show what it is.</summary>
    [Theory]
    [InlineData(TimeSpan.TicksPerMinute)]
    [InlineData(1)]
    public async Task A_write_to_what_is_no_member_is_certainly_not_carried_out(long probeTimeoutTicks)
    {
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        Task closing = CloseAllAsync(other);
        using var client = new QuorateClient(new QuorateClientOptions
        {
            Endpoints = [other.LocalEndpoint.ToString()!],
            ProbeTimeout = TimeSpan.FromTicks(probeTimeoutTicks),
            Timeout = TimeSpan.FromSeconds(4),
        });

        QuorateException failure = await Should.ThrowAsync<QuorateException>(client.PutAsync("k", "v"));

        failure.OutcomeUnknown.ShouldBeFalse();
        other.Stop();
        await closing;

        // Like a port for other members: it closes the connection of whoever speaks something else.
        static async Task CloseAllAsync(System.Net.Sockets.TcpListener listener)
        {
            try
            {
                while (true)
                {
                    using System.Net.Sockets.TcpClient accepted = await listener.AcceptTcpClientAsync();
                    byte[] some = new byte[64];
                    _ = await accepted.GetStream().ReadAsync(some);
                }
            }
            catch (System.Net.Sockets.SocketException)
            {
                // Stopped.
            }
        }
    }

    [Fact]
    public async Task A_write_is_not_sent_in_the_hope_to_what_could_not_be_reached_and_then_is_silent()
    {
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        Task<int> accepting = CloseTheFirstAndHoldTheOthersAsync(other);
        using var client = new QuorateClient(new QuorateClientOptions
        {
            Endpoints = [other.LocalEndpoint.ToString()!],
            ProbeTimeout = TimeSpan.FromMinutes(1),
            Timeout = TimeSpan.FromSeconds(1),
        });

        QuorateException failure = await Should.ThrowAsync<QuorateException>(client.PutAsync("k", "v"));

        failure.OutcomeUnknown.ShouldBeFalse();
        other.Stop();
        (await accepting).ShouldBeGreaterThan(1, "it was asked again after the first answer");

        static async Task<int> CloseTheFirstAndHoldTheOthersAsync(System.Net.Sockets.TcpListener listener)
        {
            List<System.Net.Sockets.TcpClient> held = [];
            int accepted = 0;
            try
            {
                while (true)
                {
                    System.Net.Sockets.TcpClient connection = await listener.AcceptTcpClientAsync();
                    if (accepted++ == 0)
                    {
                        connection.Dispose();
                    }
                    else
                    {
                        held.Add(connection);
                    }
                }
            }
            catch (System.Net.Sockets.SocketException)
            {
                held.ForEach(connection => connection.Dispose());
                return accepted;
            }
        }
    }

    [Fact]
    public async Task A_token_gives_an_operation_up()
    {
        await using FakeMember member = await FakeMember.StartAsync();
        member.Hang = true;
        using var client = new QuorateClient(member.Endpoint);
        using var giveUp = new CancellationTokenSource();
        Task<RangeResponse> read = client.RangeAsync(new RangeRequest(), giveUp.Token);

        await giveUp.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(read);
    }

    [Theory]
    [InlineData("127.0.0.1:12379", "http://127.0.0.1:12379/")]
    [InlineData("http://node-1:2379", "http://node-1:2379/")]
    [InlineData("http://node-1:2379/", "http://node-1:2379/")]
    [InlineData("node-1", "http://node-1:2379/")]
    [InlineData("http://node-1:80", "http://node-1:80/")]
    [InlineData("[::1]:2379", "http://[::1]:2379/")]
    [InlineData(" node-1:1 ", "http://node-1:1/")]
    public void An_endpoint_is_a_host_and_a_port_or_a_URL(string text, string address)
    {
        QuorateClientOptions.ParseEndpoint(text).ShouldBe(new Uri(address));
    }

    [Theory]
    [InlineData("")]
    [InlineData("http://")]
    [InlineData("node:port")]
    [InlineData("https://node-1:2379")]
    [InlineData("unix://socket")]
    [InlineData("http://node-1:2379/path")]
    public void What_is_no_endpoint_is_refused(string text)
    {
        Should.Throw<ArgumentException>(() => QuorateClientOptions.ParseEndpoint(text)).Message.ShouldContain(text);
    }

    [Fact]
    public void A_client_without_an_endpoint_is_refused()
    {
        Should.Throw<ArgumentException>(() => new QuorateClient(new QuorateClientOptions()));
    }

    /// <summary>A client that takes no slow machine for a member that hangs.</summary>
    private static QuorateClient Patient(params string[] endpoints) => new(new QuorateClientOptions
    {
        Endpoints = endpoints,
        Timeout = TimeSpan.FromMinutes(10),
        ReadAttemptTimeout = TimeSpan.FromMinutes(1),
        ProbeTimeout = TimeSpan.FromMinutes(1),
        ConnectTimeout = TimeSpan.FromMinutes(1),
    });

    /// <summary>From now on, for longer than a test goes on.</summary>
    private static void Refuse(FakeMember member, Status with)
    {
        for (int call = 0; call < 1_000; call++)
        {
            member.Failures.Enqueue(with);
        }
    }

    /// <summary>An address that is taken, so that nobody else can listen there, and not listened at.</summary>
    private static Socket Deaf(out string endpoint)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        endpoint = socket.LocalEndPoint!.ToString()!;
        return socket;
    }
}
