using Quorate.Server.Configuration;

namespace Quorate.Server.Tests.Configuration;

public sealed class EnvironmentVariablesTests
{
    [Fact]
    public void Variables_that_look_like_settings_and_are_none_are_found() =>
        EnvironmentVariables.FindUnknown(["QUORATE_NAMME", "ETCD_ENABLE_V2", "QUORATE_NAME", "ETCD_DATA_DIR", "PATH"])
            .ShouldBe(["ETCD_ENABLE_V2", "QUORATE_NAMME"]);

    [Fact]
    public void Those_of_the_command_line_clients_are_nobodys_mistake() =>
        EnvironmentVariables.FindUnknown(["ETCDCTL_API", "ETCDCTL_ENDPOINTS", "ETCDCTL_CACERT", "QUORATE_ENDPOINTS"]).ShouldBeEmpty();

    [Theory]
    [InlineData("QUORATE_NAME", "a", true)]
    [InlineData("ETCD_INITIAL_CLUSTER", "a=http://h:1", true)]
    [InlineData("ETCD_CERT_FILE", "server.crt", true)]
    [InlineData("ETCD_NAME", "", false)]
    [InlineData("QUORATE_ENDPOINTS", "h:1", false)]
    [InlineData("ETCDCTL_API", "3", false)]
    [InlineData("ETCD_SERVICE_HOST", "10.0.0.1", false)] // Kubernetes says so to every neighbour of a service named etcd.
    public void A_setting_of_a_server_asks_for_one(string name, string value, bool asks) =>
        EnvironmentVariables.NameServer(asked => asked == name ? value : null).ShouldBe(asks);

    [Theory]
    [InlineData("--cert-file", "server.crt", "TLS is not supported")]
    [InlineData("--peer-client-cert-auth", "true", "TLS is not supported")]
    [InlineData("--client-cert-auth", "", "TLS is not supported")] // The flag alone.
    [InlineData("--auth-token", "jwt", "everybody who reaches the client port")]
    public void A_security_setting_that_does_not_exist_is_refused_as_a_flag(string flag, string value, string reason) =>
        Refusal(setting => setting.Flag == flag ? value : null, _ => null).ShouldSatisfyAllConditions(
            text => text.ShouldStartWith(flag + ": "),
            text => text.ShouldContain(reason));

    [Theory]
    [InlineData("ETCD_TRUSTED_CA_FILE")]
    [InlineData("QUORATE_KEY_FILE")]
    public void And_as_a_variable(string variable) =>
        Refusal(_ => null, name => name == variable ? "some.pem" : null).ShouldStartWith($"{variable}: TLS is not supported yet");

    [Fact]
    public void One_that_asks_for_nothing_is_not() =>
        Should.NotThrow(() => SettingsReader.Read(new SettingsSource(_ => null, name => name == "ETCD_CLIENT_CERT_AUTH" ? "false" : null)));

    private static string Refusal(Func<Setting, string?> flag, Func<string, string?> variable) =>
        Should.Throw<SettingsException>(() => SettingsReader.Read(new SettingsSource(flag, variable))).Problems.ShouldHaveSingleItem();
}
