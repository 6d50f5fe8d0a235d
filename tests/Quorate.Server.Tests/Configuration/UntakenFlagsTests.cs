using System.Runtime.CompilerServices;
using Quorate.Server.Configuration;

namespace Quorate.Server.Tests.Configuration;

public sealed class UntakenFlagsTests
{
    /// <summary>What Debian's etcd 3.4 lists in its help, of what is neither a setting here nor refused for security.</summary>
    private const string FlagsOfEtcd34 =
        "wal-dir initial-election-tick-advance max-snapshots max-wals backend-batch-interval backend-batch-limit max-concurrent-streams "
        + "grpc-keepalive-min-time grpc-keepalive-interval grpc-keepalive-timeout discovery discovery-fallback discovery-proxy discovery-srv "
        + "discovery-srv-name strict-reconfig-check pre-vote enable-v2 enable-pprof metrics listen-metrics-urls logger log-outputs proxy "
        + "proxy-failure-wait proxy-refresh-interval proxy-dial-timeout proxy-write-timeout proxy-read-timeout experimental-initial-corrupt-check "
        + "experimental-corrupt-check-time experimental-enable-v2v3 experimental-backend-bbolt-freelist-type experimental-enable-lease-checkpoint "
        + "experimental-compaction-batch-limit experimental-watch-progress-notify-interval experimental-warning-apply-duration force-new-cluster "
        + "debug log-package-levels config-file";

    [Fact]
    public void Each_flag_is_known_once()
    {
        string[] names = [.. Settings.All.Select(setting => setting.Name), .. SecuritySettings.All.Concat(UntakenFlags.All).Select(refused => refused.Setting.Name)];

        names.ShouldBeUnique();
        names.ShouldBe(names.Union(FlagsOfEtcd34.Split(' ')));
    }

    [Fact]
    public void A_flag_is_refused_with_the_reason_and_a_variable_is_not()
    {
        var flag = new SettingsSource(setting => setting.Name == "wal-dir" ? "/fast" : null, _ => null);
        Should.Throw<SettingsException>(() => SettingsReader.Read(flag)).Problems.ShouldHaveSingleItem()
            .ShouldBe("--wal-dir is a flag of etcd that is not taken: log and snapshots are in one folder; --data-dir names it");

        Should.NotThrow(() => SettingsReader.Read(new SettingsSource(_ => null, name => name == "ETCD_WAL_DIR" ? "/fast" : null)));
    }

    [Fact]
    public void The_page_about_compatibility_lists_every_flag()
    {
        string page = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "..", "docs", "etcd-compatibility.md"));
        IEnumerable<Setting> all = Settings.All.Concat(SecuritySettings.All.Concat(UntakenFlags.All).Select(refused => refused.Setting));

        foreach (Setting setting in all.Where(setting => !setting.Name.StartsWith("experimental-", StringComparison.Ordinal)))
        {
            page.ShouldContain($"`{setting.Flag}`");
        }
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
