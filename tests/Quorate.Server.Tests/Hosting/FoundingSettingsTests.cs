using Quorate.Server.Configuration;
using Quorate.Server.Hosting;

namespace Quorate.Server.Tests.Hosting;

/// <summary>What an operator is told whose data folder does not fit.</summary>
public sealed class FoundingSettingsTests : IDisposable
{
    private const string Refusal = "'identity' belongs to another member: 2 instead of 1";

    private const string Cluster = "a=http://h:1,b=http://h:2,c=http://h:3";

    private readonly string _folder = Directory.CreateTempSubdirectory("quorate-founding-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_folder_of_another_member_of_the_cluster_is_named_as_that()
    {
        FoundingSettings.Keep(Settings("c", 3, Cluster));

        string reason = FoundingSettings.Explain(Settings("a", 1, Cluster), Refusal);

        reason.ShouldBe(
            "this is the data folder of member c of the same cluster; put a's own folder back, or name it by --data-dir ('identity' belongs to another member)");
    }

    [Theory]
    [InlineData("a", 1, Cluster, "another", "--initial-cluster-token was t and is another")]
    [InlineData("a", 1, "a=http://h:1,c=http://h:3", "t", "--initial-cluster was a=http://h:1,b=http://h:2,c=http://h:3 and is a=http://h:1,c=http://h:3")]
    public void A_folder_of_another_cluster_is_told_by_the_settings_that_differ(string name, int port, string cluster, string token, string told)
    {
        FoundingSettings.Keep(Settings("c", 3, Cluster));

        string reason = FoundingSettings.Explain(Settings(name, port, cluster, token), Refusal);

        reason.ShouldContain(told);
        reason.ShouldContain("http://h:3 and is http://h:1");
        reason.ShouldContain("give them as they were then");
    }

    [Fact]
    public void The_settings_of_the_first_start_stay_whatever_a_later_one_says()
    {
        FoundingSettings.Keep(Settings("c", 3, Cluster));
        FoundingSettings.Keep(Settings("a", 1, Cluster));

        FoundingSettings.Explain(Settings("a", 1, Cluster), Refusal).ShouldStartWith("this is the data folder of member c");
    }

    private ServerSettings Settings(string name, int port, string cluster, string token = "t")
    {
        Dictionary<string, string> flags = new()
        {
            ["--name"] = name,
            ["--data-dir"] = _folder,
            ["--initial-advertise-peer-urls"] = $"http://h:{port}",
            ["--initial-cluster"] = cluster,
            ["--initial-cluster-token"] = token,
        };
        return SettingsReader.Read(new SettingsSource(setting => flags.GetValueOrDefault(setting.Flag), _ => null));
    }
}
