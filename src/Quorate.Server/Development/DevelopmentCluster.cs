using System.Globalization;
using Quorate.Client;
using Quorate.Etcd.Protocol;
using Quorate.Server.CommandLine;
using Spectre.Console;

namespace Quorate.Server.Development;

/// <summary>Starts the members of a local cluster, shows them until it is told to stop, and stops them in order.</summary>
internal sealed class DevelopmentCluster : IDisposable
{
    private const int KilledExitCode = 128 + 9;

    private static readonly TimeSpan s_betweenPictures = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_statusTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_stopPatience = TimeSpan.FromSeconds(15);

    private readonly DevelopmentFolder _folder;
    private readonly DevelopmentMember[] _members;
    private readonly QuorateClient _client;
    private MemberView[] _views = [];

    private DevelopmentCluster(string folder, int count, int firstClientPort, int distance)
    {
        (string Name, int ClientPort)[] plan = [.. Enumerable.Range(0, count).Select(i => ($"m{i + 1}", firstClientPort + (i * distance)))];
        string initialCluster = string.Join(',', plan.Select(
            member => string.Create(CultureInfo.InvariantCulture, $"{member.Name}=http://127.0.0.1:{member.ClientPort + 1}")));
        FreePorts.Require(plan.SelectMany(member => new[]
        {
            (member.ClientPort, $"for clients of {member.Name}"), (member.ClientPort + 1, $"for the other members, of {member.Name}"),
        }));
        _folder = DevelopmentFolder.Open(
            folder, string.Create(CultureInfo.InvariantCulture, $"--members {count} --client-port {firstClientPort}"));
        _members = [.. plan.Select(member => new DevelopmentMember(member.Name, _folder.Path, member.ClientPort, member.ClientPort + 1, initialCluster))];
        _client = new QuorateClient(new QuorateClientOptions { Endpoints = [.. _members.Select(member => member.Endpoint)], Timeout = s_statusTimeout });
    }

    private string Endpoints => string.Join(',', _members.Select(member => new Uri(member.Endpoint).Authority));

    /// <summary>How this program can be called from where it was started.</summary>
    private static string ProgramName
    {
        get
        {
            string path = Environment.ProcessPath ?? "quorate";
            string relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
            return relative.StartsWith("..", StringComparison.Ordinal) ? path : Path.Combine(".", relative);
        }
    }

    /// <summary>Runs the cluster until it is cancelled; returns the program's exit code.</summary>
    public static async Task<int> RunAsync(string folder, int count, int firstClientPort, int distance, CancellationToken cancellationToken)
    {
        try
        {
            using var cluster = new DevelopmentCluster(folder, count, firstClientPort, distance);
            return await cluster.RunAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Terminal.Fail(ExitCode.Failed, e.Message);
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        foreach (DevelopmentMember member in _members)
        {
            member.Dispose();
        }

        _folder.Dispose();
    }

    private async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        Console.WriteLine($"data and logs: {_folder.Path}");
        Console.WriteLine($"reach it with: etcdctl --endpoints={Endpoints} put greeting hello");
        Console.WriteLine($"           or: {ProgramName} get greeting --endpoints {Endpoints}");
        foreach (DevelopmentMember member in _members)
        {
            member.Start();
        }

        try
        {
            await ShowAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told to stop.
        }

        await Task.WhenAll(_members.Select(member => member.StopAsync(s_stopPatience)));
        DevelopmentMember[] failed = [.. _members.Where(member => member.ExitCode is not (null or ExitCode.Success) && !member.WasKilled)];
        foreach (DevelopmentMember member in failed)
        {
            Terminal.Fail(ExitCode.Failed, $"{member.Name} {DescribeEnd(member)}; its log is {member.LogFile}");
        }

        Console.WriteLine($"stopped; the data is kept in {_folder.Path}");
        return cancellationToken.IsCancellationRequested ? ExitCode.Success : ExitCode.Failed;
    }

    /// <summary>Shows the members until it is cancelled, or until none is running any more.</summary>
    private async Task ShowAsync(CancellationToken cancellationToken)
    {
        bool isTerminal = AnsiConsole.Profile.Out.IsTerminal;
        if (!isTerminal)
        {
            while (await LookAsync(cancellationToken) is { } views)
            {
                foreach (string line in ClusterPicture.Changes(_views, views))
                {
                    Console.WriteLine(line);
                }

                _views = views;
            }

            return;
        }

        bool hasKeys = !Console.IsInputRedirected;
        string caption = hasKeys ? $"1-{_members.Length}: kill a member, or start it again    Ctrl-C: stop" : "Ctrl-C: stop";
        await AnsiConsole.Live(ClusterPicture.Draw(_views, caption, AnsiConsole.Profile.Width)).StartAsync(async live =>
        {
            while (await LookAsync(cancellationToken) is { } views)
            {
                _views = views;
                live.UpdateTarget(ClusterPicture.Draw(_views, caption, AnsiConsole.Profile.Width));
                if (hasKeys)
                {
                    ObeyKeys();
                }
            }
        });
    }

    private void ObeyKeys()
    {
        while (Console.KeyAvailable)
        {
            int number = Console.ReadKey(intercept: true).KeyChar - '1';
            if (number < 0 || number >= _members.Length)
            {
                continue;
            }

            if (_members[number].IsRunning)
            {
                _members[number].Kill();
            }
            else
            {
                _members[number].Start();
            }
        }
    }

    /// <summary>The members as they are after a moment; null when none of them ever will be again without a person's help and no person can help.</summary>
    private async Task<MemberView[]?> LookAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(s_betweenPictures, cancellationToken);
        MemberView[] views = await Task.WhenAll(_members.Select(member => LookAtAsync(member, cancellationToken)));
        bool canBeHelped = AnsiConsole.Profile.Out.IsTerminal && !Console.IsInputRedirected;
        return canBeHelped || _members.Any(member => member.IsRunning) ? views : null;
    }

    private static string DescribeEnd(DevelopmentMember member) =>
        member.ExitCode == KilledExitCode ? "was killed" : $"ended with exit code {member.ExitCode}: {member.LastWords}";

    private async Task<MemberView> LookAtAsync(DevelopmentMember member, CancellationToken cancellationToken)
    {
        var view = new MemberView { Name = member.Name, Endpoint = member.Endpoint, ProcessId = member.ProcessId, LogProblem = member.LogProblem, State = "starting" };
        if (member.ExitCode is { } exitCode)
        {
            return exitCode == KilledExitCode
                ? view with { State = "killed" }
                : view with { State = "ended", Note = DescribeEnd(member) };
        }

        try
        {
            StatusResponse status = await _client.StatusAsync(new Uri(member.Endpoint), cancellationToken);
            bool isLeader = status.Leader != 0 && status.Leader == status.Header.MemberId;
            return view with
            {
                State = isLeader ? "leader" : status.Leader == 0 ? "no leader" : "follower",
                IsHealthy = status.Leader != 0,
                IsLeader = isLeader,
                Term = (long)status.RaftTerm,
                CommitIndex = (long)status.RaftIndex,
                AppliedIndex = (long)status.RaftAppliedIndex,
                Revision = status.Header.Revision,
                StoreBytes = status.DbSize,
            };
        }
        catch (QuorateException)
        {
            MemberView? before = Array.Find(_views, known => known.Name == member.Name);
            return view with { State = before is null or { State: "starting" } ? "starting" : "not answering" };
        }
    }
}
