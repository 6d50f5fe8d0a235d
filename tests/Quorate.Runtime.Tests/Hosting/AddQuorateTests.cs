using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Quorate.EndToEnd.Tests.Harness;
using Quorate.Io;
using Quorate.Replica;

namespace Quorate.Runtime.Tests.Hosting;

public sealed class AddQuorateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_host_runs_the_member_that_was_added_to_it()
    {
        var machine = new SumMachine();
        using IHost host = Build(services => services.AddQuorate(options => Configure(options, "only"), _ => machine));
        IQuorate quorate = host.Services.GetRequiredService<IQuorate>();
        Task<Raft.MemberId> leader = quorate.WaitForLeaderAsync();
        Should.Throw<InvalidOperationException>(() => quorate.Status).Message.ShouldContain("does not run yet");
        await host.StartAsync();
        (await Patience.ForAsync(leader)).ShouldBe(quorate.Id);
        (await Patience.ForAsync(quorate.ProposeAsync(SumMachine.Add(5)))).Result.ShouldBe(5L);
        machine.Sum.ShouldBe(5);
        await host.StopAsync();
        (await Patience.ForAsync(quorate.ProposeAsync(SumMachine.Add(5)))).Status.ShouldBe(ProposalStatus.Stopping);
    }

    [Fact]
    public async Task Several_members_in_one_host_have_their_names_as_keys()
    {
        int[] ports = [Ports.Take(), Ports.Take(), Ports.Take()];
        using IHost host = Build(services =>
        {
            foreach (string name in new[] { "a", "b", "c" })
            {
                services.AddQuorate(
                    name,
                    options =>
                    {
                        options.DataFolder = Path.Combine(_folder.Path, name);
                        options.Members.Add(new QuorateMember("a", "localhost", ports[0]));
                        options.Members.Add(new QuorateMember("b", "localhost", ports[1]));
                        options.Members.Add(new QuorateMember("c", "localhost", ports[2]));
                    },
                    _ => new SumMachine());
            }
        });
        await host.StartAsync();
        foreach (string name in new[] { "a", "b", "c" })
        {
            IQuorate member = host.Services.GetRequiredKeyedService<IQuorate>(name);
            member.Name.ShouldBe(name);
            (await Patience.ForAsync(member.ProposeAsync(SumMachine.Add(1), Patience.Limit))).Status.ShouldBe(ProposalStatus.Applied);
        }

        await host.StopAsync();
    }

    [Fact]
    public async Task A_member_that_fails_for_good_stops_its_host_with_an_exit_code()
    {
        using IHost host = Build(services => services.AddQuorate(options => Configure(options, "only"), _ => new SumMachine()));
        await host.StartAsync();
        IQuorate quorate = host.Services.GetRequiredService<IQuorate>();
        var stopping = new TaskCompletionSource();
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => stopping.TrySetResult());
        try
        {
            await Patience.ForAsync(quorate.ProposeAsync(SumMachine.Poison));
            await Patience.ForAsync(stopping.Task);
            (await Patience.ForAsync(quorate.Failed)).ShouldContain("the state machine failed");
            Environment.ExitCode.ShouldBe(1);
        }
        finally
        {
            Environment.ExitCode = 0;
        }
    }

    [Fact]
    public void A_setting_that_cannot_work_is_refused_before_anything_starts()
    {
        using IHost host = Build(services => services.AddQuorate(
            options =>
            {
                Configure(options, "only");
                options.HeartbeatInterval = options.ElectionTimeout;
            },
            _ => new SumMachine()));
        Should.Throw<ArgumentException>(() => host.Services.GetRequiredService<IQuorate>()).Message
            .ShouldSatisfyAllConditions(
                message => message.ShouldContain("the options given to AddQuorate for member 'only'"),
                message => message.ShouldContain("must be shorter than ElectionTimeout"));
    }

    [Fact]
    public async Task A_host_whose_member_finds_its_folder_in_use_says_whose_and_what_would_work()
    {
        using IHost first = Build(services => services.AddQuorate(options => Configure(options, "only"), _ => new SumMachine()));
        await first.StartAsync();
        using IHost second = Build(services => services.AddQuorate(options => Configure(options, "only"), _ => new SumMachine()));

        QuorateStartException refused = await Should.ThrowAsync<QuorateStartException>(() => second.StartAsync());

        refused.Member.ShouldBe("only");
        refused.Message.ShouldStartWith($"member 'only' cannot start on data folder '{Path.Combine(_folder.Path, "only")}': ");
        refused.Message.ShouldContain("another member uses this data folder");
        refused.Message.ShouldContain("stop it, or name another folder");
        refused.InnerException.ShouldBeOfType<DiskLockedException>();
        await first.StopAsync();
    }

    [Fact]
    public async Task A_host_whose_member_cannot_listen_says_where_and_begins_nothing()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        using IHost host = Build(services => services.AddQuorate(
            options =>
            {
                Configure(options, "only");
                options.Listen.Add((IPEndPoint)other.LocalEndpoint);
            },
            _ => new SumMachine()));

        QuorateStartException refused = await Should.ThrowAsync<QuorateStartException>(() => host.StartAsync());

        refused.Message.ShouldContain($"cannot listen for peers on {other.LocalEndpoint}: another program uses that address");
        Directory.Exists(Path.Combine(_folder.Path, "only")).ShouldBeFalse("with another address it would be of another cluster");
    }

    private static IHost Build(Action<IServiceCollection> add)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        add(builder.Services);
        return builder.Build();
    }

    private void Configure(QuorateOptions options, string name)
    {
        options.Name = name;
        options.DataFolder = Path.Combine(_folder.Path, name);
        options.Members.Add(new QuorateMember(name, "127.0.0.1", Ports.Take()));
    }
}
