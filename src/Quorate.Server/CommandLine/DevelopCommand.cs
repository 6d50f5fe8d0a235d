using System.CommandLine;
using Quorate.Server.Development;

namespace Quorate.Server.CommandLine;

/// <summary><c>quorate dev</c>: a cluster on this machine, to try things with.</summary>
internal static class DevelopCommand
{
    public static Command Create()
    {
        var command = new Command("dev", "Run a cluster of several members on this machine and show it live. Started again, it finds its data.");
        var members = new Option<int>("--members") { Description = "How many members.", DefaultValueFactory = _ => 3 };
        var folder = new Option<string>("--data-dir") { Description = "Folder for the members' data and logs.", HelpName = "FOLDER", DefaultValueFactory = _ => "quorate-dev" };
        var clientPort = new Option<int>("--client-port") { Description = "Client port of the first member; each next one is 10000 higher, or 2 with more than 5 members.", DefaultValueFactory = _ => 12379 };
        command.Add(members);
        command.Add(folder);
        command.Add(clientPort);
        command.SetAction(async (result, cancellationToken) =>
        {
            int count = result.GetValue(members);
            int first = result.GetValue(clientPort);
            int distance = count > 5 ? 2 : 10_000;
            if (count is < 1 or > 9)
            {
                return Terminal.Fail(ExitCode.Usage, "--members must be from 1 to 9");
            }

            if (first < 1 || first + ((count - 1) * distance) + 1 > 65_535)
            {
                return Terminal.Fail(ExitCode.Usage, $"with --client-port {first} the ports of {count} members, {distance} apart, leave 1 to 65534");
            }

            return await DevelopmentCluster.RunAsync(result.GetValue(folder)!, count, first, distance, cancellationToken);
        });
        return command;
    }
}
