using System.CommandLine;
using Quorate.Server.Configuration;
using Quorate.Server.Hosting;

namespace Quorate.Server.CommandLine;

/// <summary><c>quorate serve</c>: runs one member.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var command = new Command("serve", "Run one member of a cluster. Takes etcd's flags; QUORATE_NAME, or ETCD_NAME, and so on, set what no flag does.");
        Dictionary<string, Option<string?>> options = [];
        foreach (Setting setting in Settings.All)
        {
            var option = new Option<string?>(setting.Flag) { Description = $"{setting.Description} [{setting.Variable}]", HelpName = setting.HelpName };
            options.Add(setting.Name, option);
            command.Add(option);
        }

        var stopWithInput = new Option<bool>("--stop-with-stdin") { Hidden = true };
        command.Add(stopWithInput);
        command.SetAction(async (result, cancellationToken) =>
        {
            var source = new SettingsSource(
                setting => result.GetResult(options[setting.Name]) is { Implicit: false } ? result.GetValue(options[setting.Name]) : null,
                Environment.GetEnvironmentVariable);
            try
            {
                ServerSettings settings = SettingsReader.Read(source);
                return await MemberHost.RunAsync(settings, stopWithInput: result.GetValue(stopWithInput), cancellationToken);
            }
            catch (SettingsException e)
            {
                foreach (string problem in e.Problems)
                {
                    Terminal.Fail(ExitCode.Usage, problem);
                }

                return ExitCode.Usage;
            }
        });
        return command;
    }
}
