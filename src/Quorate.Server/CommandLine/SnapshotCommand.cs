using System.CommandLine;
using System.Globalization;
using Quorate.Etcd;
using Quorate.Etcd.Backups;
using Quorate.Server.Backups;
using Quorate.Server.Configuration;
using Quorate.Server.Development;
using Quorate.Server.Import;
using Quorate.Storage;
using Spectre.Console;

namespace Quorate.Server.CommandLine;

/// <summary><c>snapshot save</c>, <c>snapshot extract</c>, <c>snapshot status</c> and <c>snapshot restore</c>.</summary>
internal static class SnapshotCommand
{
    /// <summary>The settings of a member that a restored data folder depends on, in the order in which help lists them.</summary>
    private static readonly Setting[] s_restoreSettings =
    [
        Settings.Name,
        Settings.DataDir,
        Settings.InitialCluster,
        Settings.InitialClusterToken,
        Settings.InitialAdvertisePeerUrls with { Description = "Where the other members find this one. Default: what --initial-cluster says of this member" },
    ];

    public static Command Create()
    {
        var command = new Command("snapshot", "Save the whole state to a file, look at such a file, or make a new cluster of it.");
        command.Add(Save());
        command.Add(Extract());
        command.Add(Status());
        command.Add(Restore());
        return command;
    }

    private static Argument<string> File() => new("file") { Description = "The snapshot file." };

    private static Command Save()
    {
        var command = new Command("save", "Save the state of one member. The file appears, or is replaced, once it is whole and verified.");
        Argument<string> file = File();
        command.Add(file);
        ClientOptions.AddTo(command, async (context, parsed) =>
        {
            var download = new BackupDownload(context.Client, context.Timeout);
            string path = parsed.GetValue(file)!;
            await using (AsideFile aside = AsideFile.Create(path))
            {
                await WithProgressAsync(download, () => download.RunAsync(aside.Stream, context.CancellationToken));
                await aside.CompleteAsync(context.CancellationToken);
            }

            if (context.Json)
            {
                JsonText.WriteLine(json =>
                {
                    json.WriteStartObject();
                    json.WriteString("file", path);
                    json.WriteNumber("revision", download.Revision);
                    json.WriteNumber("total_size", download.BytesReceived);
                    json.WriteString("version", download.Version);
                    json.WriteEndObject();
                });
            }
            else
            {
                Console.WriteLine($"saved revision {download.Revision}, {ClusterPicture.Size(download.BytesReceived)}, in {path}");
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static Command Extract()
    {
        var command = new Command(
            "extract",
            "Make a snapshot file of the data folder of a stopped member, with everything that its log holds: for when the majority is lost. "
            + "What was written last may be in it without ever having been acknowledged.");
        Argument<string> file = File();
        var folder = new Option<string>(Settings.DataDir.Flag) { Description = "The member's data folder.", HelpName = Settings.DataDir.HelpName, Required = true };
        command.Add(file);
        command.Add(folder);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                FolderBackup backup = FolderBackup.Read(parsed.GetValue(folder)!);
                string path = parsed.GetValue(file)!;
                await using AsideFile aside = AsideFile.Create(path);
                foreach (byte[] piece in backup.Content.Write())
                {
                    await aside.Stream.WriteAsync(piece, cancellationToken);
                }

                await aside.CompleteAsync(cancellationToken);
                Console.WriteLine($"extracted revision {backup.Content.Description.Revision}, all up to entry {backup.LastIndex} of the member's log, in {path}");
                return ExitCode.Success;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or StorageException or InvalidDataException)
            {
                return Terminal.Fail(ExitCode.Failed, e.Message);
            }
        });
        return command;
    }

    private static Command Status()
    {
        var command = new Command("status", "Verify a snapshot file and tell what is in it.");
        Argument<string> file = File();
        var output = new Option<OutputFormat>("--output", "-o") { Description = "text for people, json for scripts.", DefaultValueFactory = _ => OutputFormat.Text };
        command.Add(file);
        command.Add(output);
        command.SetAction(parsed => OnFile(parsed.GetValue(file)!, backup =>
        {
            if (parsed.GetValue(output) == OutputFormat.Json)
            {
                JsonText.WriteLine(json =>
                {
                    json.WriteStartObject();
                    json.WriteNumber("hash", backup.Hash);
                    json.WriteNumber("revision", backup.Description.Revision);
                    json.WriteNumber("totalKey", backup.Description.KeyCount);
                    json.WriteNumber("totalSize", backup.TotalBytes);
                    json.WriteString("version", EtcdCompatibility.Version);
                    json.WriteNumber("compactRevision", backup.Description.CompactRevision);
                    json.WriteNumber("clusterId", backup.Description.ClusterId);
                    json.WriteNumber("memberId", backup.Description.MemberId);
                    json.WriteString("sha256", Convert.ToHexStringLower(backup.Checksum.Span));
                    json.WriteEndObject();
                });
            }
            else
            {
                var table = new FittingTable(
                    Terminal.Output.Profile.Width,
                    new FittingColumn("hash"),
                    new FittingColumn("revision", IsNumber: true),
                    new FittingColumn("total keys", IsNumber: true),
                    new FittingColumn("total size", IsNumber: true),
                    new FittingColumn("cluster", IsOptional: true));
                table.Add(
                    backup.Hash.ToString("x8", CultureInfo.InvariantCulture),
                    backup.Description.Revision.ToString(CultureInfo.InvariantCulture),
                    backup.Description.KeyCount.ToString(CultureInfo.InvariantCulture),
                    ClusterPicture.Size(backup.TotalBytes),
                    backup.Description.ClusterId.ToString("x", CultureInfo.InvariantCulture));
                Terminal.Output.Write(table.Build());
            }

            return ExitCode.Success;
        }));
        return command;
    }

    private static Command Restore()
    {
        var command = new Command("restore", "Make the data folder of one member of a new cluster. To be done for every member, from the same file.");
        Argument<string> file = File();
        command.Add(file);
        Dictionary<string, Option<string?>> options = [];
        foreach (Setting setting in s_restoreSettings)
        {
            var option = new Option<string?>(setting.Flag) { Description = setting.Description, HelpName = setting.HelpName };
            options.Add(setting.Name, option);
            command.Add(option);
        }

        command.SetAction(parsed =>
        {
            ServerSettings settings;
            try
            {
                // No variables: a folder is made of what is said here and now.
                settings = SettingsReader.Read(new SettingsSource(
                    setting => Given(setting) ?? (setting == Settings.InitialAdvertisePeerUrls ? OwnPeerUrls() : null), _ => null));
            }
            catch (SettingsException e)
            {
                foreach (string problem in e.Problems)
                {
                    Terminal.Fail(ExitCode.Usage, problem);
                }

                return ExitCode.Usage;
            }

            return OnFile(parsed.GetValue(file)!, backup =>
            {
                MemberRestorer.Restore(backup, settings);
                Console.WriteLine(
                    $"restored revision {backup.Description.Revision} for member {settings.Name} in {settings.DataFolder}; start it with the same name, members and token");
                return ExitCode.Success;
            });

            string? Given(Setting setting) =>
                options.TryGetValue(setting.Name, out Option<string?>? option) && parsed.GetResult(option) is { Implicit: false } ? parsed.GetValue(option) ?? string.Empty : null;

            // The list of members has them already, so they need not be said twice.
            string? OwnPeerUrls()
            {
                string prefix = (Given(Settings.Name) ?? "default") + "=";
                string[] own = [.. (Given(Settings.InitialCluster) ?? string.Empty).Split(',', StringSplitOptions.TrimEntries)
                    .Where(item => item.StartsWith(prefix, StringComparison.Ordinal)).Select(item => item[prefix.Length..])];
                return own.Length > 0 ? string.Join(',', own) : null;
            }
        });
        return command;
    }

    private static int OnFile(string path, Func<BackupFile, int> use)
    {
        try
        {
            using FileStream stream = InputFile.Open(path);
            return use(BackupFile.Read(stream));
        }
        catch (InvalidDataException e)
        {
            return Terminal.Fail(ExitCode.Usage, $"the snapshot file '{path}' cannot be used: {e.Message}");
        }
        catch (FormatException e)
        {
            return Terminal.Fail(ExitCode.Usage, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return Terminal.Fail(ExitCode.Failed, e.Message);
        }
    }

    private static async Task WithProgressAsync(BackupDownload download, Func<Task> run)
    {
        if (!Terminal.Error.Profile.Out.IsTerminal)
        {
            await run();
            return;
        }

        await Terminal.Error.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                ProgressTask task = progress.AddTask("saving", maxValue: 1);
                download.Progressed = () =>
                {
                    task.MaxValue = Math.Max(1, download.BytesTotal);
                    task.Value = download.BytesReceived;
                };
                await run();
                task.Value = task.MaxValue;
            });
    }
}
