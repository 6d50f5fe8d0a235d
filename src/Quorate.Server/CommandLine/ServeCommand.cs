using System.CommandLine;
using Quorate.Server.Configuration;
using Quorate.Server.Hosting;

namespace Quorate.Server.CommandLine;

/// <summary><c>quorate serve</c>: runs one member.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var command = new Command("serve", "Run one member of a cluster. Takes those of etcd's flags that its help lists; QUORATE_NAME, or ETCD_NAME, and so on, set what no flag does.");
        Dictionary<string, Option<string?>> options = [];
        foreach (Setting setting in Settings.All)
        {
            var option = new Option<string?>(setting.Flag) { Description = $"{setting.Description} [{setting.Variable}]", HelpName = setting.HelpName };
            options.Add(setting.Name, option);
            command.Add(option);
        }

        foreach ((Setting setting, _) in SecuritySettings.All.Concat(UntakenFlags.All))
        {
            // Hidden, and known only to be refused with a reason. Some of them may stand alone.
            var option = new Option<string?>(setting.Flag) { Hidden = true, Arity = ArgumentArity.ZeroOrOne };
            options.Add(setting.Name, option);
            command.Add(option);
        }

        var stopWithInput = new Option<bool>("--stop-with-stdin") { Hidden = true };
        command.Add(stopWithInput);
        command.SetAction((result, cancellationToken) => DescriptorLimit.Refusal(DescriptorLimit.Ask()) is { } refusal
            ? Task.FromResult(Refuse(refusal))
            : ServeAsync(result, options, result.GetValue(stopWithInput), cancellationToken));
        return command;
    }

    /// <summary>Without the library that colours, whose assembly could not be opened either.</summary>
    private static int Refuse(string reason)
    {
        Console.Error.WriteLine($"error: {reason}");
        return ExitCode.Usage;
    }

    private static async Task<int> ServeAsync(
        ParseResult result, Dictionary<string, Option<string?>> options, bool stopWithInput, CancellationToken cancellationToken)
    {
        var source = new SettingsSource(
            setting => result.GetResult(options[setting.Name]) is { Implicit: false } ? result.GetValue(options[setting.Name]) ?? string.Empty : null,
            Environment.GetEnvironmentVariable);
        try
        {
            ServerSettings settings = SettingsReader.Read(source);
            string[] unknown = [.. EnvironmentVariables.FindUnknown(Environment.GetEnvironmentVariables().Keys.Cast<string>())];
            if (unknown.Length > 0)
            {
                await Console.Error.WriteLineAsync($"warning: no setting of this server, and ignored: {string.Join(", ", unknown)}");
            }

            return await MemberHost.RunAsync(settings, stopWithInput, cancellationToken);
        }
        catch (SettingsException e)
        {
            foreach (string problem in e.Problems)
            {
                Terminal.Fail(ExitCode.Usage, problem);
            }

            return ExitCode.Usage;
        }
    }
}
