using System.CommandLine;
using System.Globalization;
using Quorate.Client;
using Quorate.Etcd.Protocol;
using Quorate.Server.Development;
using Spectre.Console;

namespace Quorate.Server.CommandLine;

/// <summary><c>status</c>, <c>members</c> and <c>move-leader</c>.</summary>
internal static class ClusterCommands
{
    public static IEnumerable<Command> Create() => [Status(), Members(), MoveLeader()];

    private static Command Status()
    {
        var command = new Command("status", "Show every endpoint's role, term and indexes. Fails when one does not answer.");
        ClientOptions.AddTo(command, async (context, parsed) =>
        {
            (Uri Endpoint, StatusResponse? Status, string? Problem)[] answers =
                await Task.WhenAll(context.Client.Endpoints.Select(endpoint => AskAsync(context, endpoint)));
            if (context.Json)
            {
                JsonText.WriteLine(json =>
                {
                    json.WriteStartArray();
                    foreach ((Uri endpoint, StatusResponse? status, string? problem) in answers)
                    {
                        json.WriteStartObject();
                        json.WriteString("endpoint", endpoint.Authority);
                        json.WriteBoolean("answers", status is not null);
                        if (status is not null)
                        {
                            JsonText.Header(json, status.Header);
                            json.WriteString("version", status.Version);
                            json.WriteNumber("db_size", status.DbSize);
                            json.WriteNumber("db_size_quota", status.DbSizeQuota);
                            json.WriteNumber("leader", status.Leader);
                            json.WriteBoolean("is_leader", status.Leader == status.Header.MemberId);
                            json.WriteNumber("raft_term", status.RaftTerm);
                            json.WriteNumber("raft_index", status.RaftIndex);
                            json.WriteNumber("raft_applied_index", status.RaftAppliedIndex);
                            Strings(json, "errors", status.Errors.Select(error => error.Trim()));
                        }
                        else
                        {
                            json.WriteString("problem", problem);
                        }

                        json.WriteEndObject();
                    }

                    json.WriteEndArray();
                });
            }
            else
            {
                var table = new FittingTable(
                    Terminal.Output.Profile.Width,
                    new FittingColumn("endpoint"),
                    new FittingColumn("member", IsOptional: true),
                    new FittingColumn("role"),
                    new FittingColumn("term", IsNumber: true),
                    new FittingColumn("committed", IsNumber: true),
                    new FittingColumn("applied", IsNumber: true, IsOptional: true),
                    new FittingColumn("revision", IsNumber: true),
                    new FittingColumn("store", IsNumber: true));
                foreach ((Uri endpoint, StatusResponse? status, _) in answers)
                {
                    table.Add(status is null
                        ? [endpoint.Authority, "-", "no answer", "-", "-", "-", "-", "-"]
                        : [
                            endpoint.Authority, Id(status.Header.MemberId),
                            status.Leader == status.Header.MemberId ? "leader" : status.Leader == 0 ? "no leader" : "follower",
                            Number(status.RaftTerm), Number(status.RaftIndex), Number(status.RaftAppliedIndex),
                            Number(status.Header.Revision), ClusterPicture.Size(status.DbSize),
                        ]);
                }

                Terminal.Output.Write(table.Build());
                foreach ((Uri endpoint, StatusResponse? status, _) in answers)
                {
                    foreach (string error in status?.Errors ?? [])
                    {
                        Console.WriteLine($"{endpoint.Authority}: {AlarmText.InHexadecimal(error.Trim())}");
                    }
                }

                foreach ((Uri endpoint, _, string? problem) in answers.Where(answer => answer.Status is null))
                {
                    Terminal.Fail(ExitCode.Unavailable, $"{endpoint.Authority}: {problem}");
                }
            }

            return answers.All(answer => answer.Status is not null) ? ExitCode.Success : ExitCode.Unavailable;
        });
        return command;
    }

    private static Command Members()
    {
        var command = new Command("members", "List the members of the cluster.");
        ClientOptions.AddTo(command, async (context, _) =>
        {
            MemberListResponse response = await context.Client.MemberListAsync(cancellationToken: context.CancellationToken);
            if (context.Json)
            {
                JsonText.WriteLine(json =>
                {
                    json.WriteStartObject();
                    JsonText.Header(json, response.Header);
                    json.WriteStartArray("members");
                    foreach (Member member in response.Members)
                    {
                        json.WriteStartObject();
                        json.WriteNumber("id", member.ID);
                        json.WriteString("name", member.Name);
                        Strings(json, "peer_urls", member.PeerURLs);
                        Strings(json, "client_urls", member.ClientURLs);
                        json.WriteBoolean("is_learner", member.IsLearner);
                        json.WriteEndObject();
                    }

                    json.WriteEndArray();
                    json.WriteEndObject();
                });
                return ExitCode.Success;
            }

            var table = new FittingTable(
                Terminal.Output.Profile.Width,
                new FittingColumn("id"),
                new FittingColumn("name"),
                new FittingColumn("peer addresses"),
                new FittingColumn("client addresses"),
                new FittingColumn("learner", IsOptional: true));
            foreach (Member member in response.Members)
            {
                table.Add(
                    Id(member.ID), Markup.Escape(member.Name), Addresses(member.PeerURLs), Addresses(member.ClientURLs),
                    member.IsLearner ? "yes" : "no");
            }

            Terminal.Output.Write(table.Build());
            return ExitCode.Success;
        });
        return command;
    }

    private static Command MoveLeader()
    {
        var command = new Command("move-leader", "Hand leadership to a member.");
        var target = new Argument<string>("member") { Description = "The member's name, its id in hexadecimal, or one of its addresses, as 'members' prints them." };
        command.Add(target);
        ClientOptions.AddTo(command, async (context, result) =>
        {
            string text = result.GetValue(target)!;
            MemberListResponse list = await context.Client.MemberListAsync(cancellationToken: context.CancellationToken);
            if (MemberChoice.Find(list.Members, text) is not { } member)
            {
                return Terminal.Fail(
                    ExitCode.Failed, $"'{text}' is no name, id or address of one member; the members are {MemberChoice.List(list.Members)}");
            }

            MoveLeaderResponse response = await context.Client.MoveLeaderAsync(member.ID, context.CancellationToken);
            if (context.Json)
            {
                JsonText.WriteLine(json =>
                {
                    json.WriteStartObject();
                    JsonText.Header(json, response.Header);
                    json.WriteNumber("leader", member.ID);
                    json.WriteEndObject();
                });
            }
            else
            {
                Console.WriteLine($"leadership is handed to {MemberChoice.Describe(member)}");
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static async Task<(Uri Endpoint, StatusResponse? Status, string? Problem)> AskAsync(ClientContext context, Uri endpoint)
    {
        try
        {
            return (endpoint, await context.Client.StatusAsync(endpoint, context.CancellationToken), null);
        }
        catch (QuorateException e)
        {
            return (endpoint, null, e.Status.Detail);
        }
    }

    private static void Strings(System.Text.Json.Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    /// <summary>Without the scheme that is understood, so that a row fits a terminal.</summary>
    private static string Addresses(IEnumerable<string> urls) => Markup.Escape(string.Join(
        ',', urls.Select(url => url.StartsWith("http://", StringComparison.Ordinal) ? url["http://".Length..] : url)));

    private static string Id(ulong id) => id.ToString("x", CultureInfo.InvariantCulture);

    private static string Number(ulong value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
