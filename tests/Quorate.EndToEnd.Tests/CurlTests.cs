using System.Text.RegularExpressions;
using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.EndToEnd.Tests;

/// <summary>The JSON gateway as curl sees it, on a cluster of three. Values were compared with those of Debian's etcd.</summary>
public sealed partial class CurlTests
{
    [NeedsCurlFact]
    public async Task Keys_are_put_read_compared_deleted_and_compacted()
    {
        await using ClusterProcesses cluster = await ClusterProcesses.StartAsync();

        (await PostAsync(cluster, "/v3/kv/put", """{"key":"Zm9v","value":"YmFy"}""")).ShouldBe((200, """{"header":{H,"revision":"2",T}}"""));
        (await PostAsync(cluster, "/v3/kv/put", """{"key":"Zm9v","value":"YmF6","prev_kv":true}""")).ShouldBe(
            (200, """{"header":{H,"revision":"3",T},"prev_kv":{"key":"Zm9v","create_revision":"2","mod_revision":"2","version":"1","value":"YmFy"}}"""));

        // Another member, the other spelling of names, and numbers without quotes.
        (await PostAsync(cluster, "/v3/kv/range", """{"key":"Zm9v","rangeEnd":"Zm9w","limit":1,"sortOrder":"DESCEND"}""", member: 1)).ShouldBe(
            (200, """{"header":{H,"revision":"3",T},"kvs":[{"key":"Zm9v","create_revision":"2","mod_revision":"3","version":"2","value":"YmF6"}],"count":"1"}"""));

        (await PostAsync(
            cluster,
            "/v3/kv/txn",
            """{"compare":[{"target":"VALUE","key":"Zm9v","value":"YmF6","result":"EQUAL"}],"success":[{"requestPut":{"key":"Zm9v","value":"eA=="}},{"request_range":{"key":"Zm9v"}}]}""")).ShouldBe(
            (200, """{"header":{H,"revision":"4",T},"succeeded":true,"responses":[{"response_put":{"header":{"revision":"4"}}},{"response_range":{"header":{"revision":"4"},"kvs":[{"key":"Zm9v","create_revision":"2","mod_revision":"4","version":"3","value":"eA=="}],"count":"1"}}]}"""));
        (await PostAsync(cluster, "/v3/kv/deleterange", """{"key":"Zm9v"}""")).ShouldBe((200, """{"header":{H,"revision":"5",T},"deleted":"1"}"""));
        (await PostAsync(cluster, "/v3/kv/compaction", """{"revision":"3"}""")).ShouldBe((200, """{"header":{H,"revision":"5",T}}"""));
        (await PostAsync(cluster, "/v3/kv/range", """{"key":"Zm9v","revision":"2"}""")).ShouldBe(
            (400, """{"error":"etcdserver: mvcc: required revision has been compacted","message":"etcdserver: mvcc: required revision has been compacted","code":11}"""));
    }

    [NeedsCurlFact]
    public async Task What_is_wrong_is_answered_in_JSON_and_does_no_harm()
    {
        await using ClusterProcesses cluster = await ClusterProcesses.StartAsync(members: 1);

        (await PostAsync(cluster, "/v3/kv/range", "")).ShouldBe(
            (400, """{"error":"etcdserver: key is not provided","message":"etcdserver: key is not provided","code":3}"""));
        (await PostAsync(cluster, "/v3/kv/put", """{"key":"Zm9v" """)).Status.ShouldBe(400);
        (await PostAsync(cluster, "/v3/kv/put", """{"key":"?"}""")).Body.ShouldContain("invalid value of \\\"key\\\": Invalid base64 data");
        (await PostAsync(cluster, "/v3/kv/put", """{"key":"Zm9v","lease":"77"}""")).ShouldBe(
            (404, """{"error":"etcdserver: requested lease not found","message":"etcdserver: requested lease not found","code":5}"""));
        (await PostAsync(cluster, "/v3/kv/nosuch", "{}")).ShouldBe((404, """{"error":"Not Found","message":"Not Found","code":5}"""));
        (await RunAsync(cluster.Members[0], "/v3/kv/put", "-X", "GET")).ShouldBe(
            (501, """{"error":"Method Not Allowed","message":"Method Not Allowed","code":12}"""));

        (await PostAsync(cluster, "/v3/kv/range", """{"key":"Zm9v"}""")).ShouldBe((200, """{"header":{H,"revision":"1",T}}"""));
    }

    [NeedsCurlFact]
    public async Task The_gateway_is_there_over_HTTP_2_under_its_former_paths_and_for_web_pages()
    {
        await using ClusterProcesses cluster = await ClusterProcesses.StartAsync(members: 1, "--cors", "https://example.com");
        MemberProcess member = cluster.Members[0];

        (await PostAsync(cluster, "/v3/cluster/member/list", "{}", more: "--http2-prior-knowledge")).Body.ShouldContain("\"name\":\"m1\",\"peerURLs\":[");
        (await PostAsync(cluster, "/v3beta/kv/range", """{"key":"Zm9v"}""")).Status.ShouldBe(200);
        (await RunAsync(member, "/v3/kv/put", "-X", "OPTIONS", "-D", "-", "-H", "Origin: https://example.com")).Body.ShouldContain("Access-Control-Allow-Origin: https://example.com");
        (await RunAsync(member, "/v3/kv/put", "-X", "OPTIONS", "-D", "-", "-H", "Origin: https://other.com")).Body.ShouldNotContain("Allow-Origin");
    }

    [NeedsCurlFact]
    public async Task The_metrics_tell_which_id_is_whose()
    {
        await using ClusterProcesses cluster = await ClusterProcesses.StartAsync();

        string metrics = (await RunAsync(cluster.Members[0], "/metrics")).Body;

        metrics.ShouldMatch("quorate_peer_info\\{id=\"[0-9a-f]+\",name=\"m2\"\\} 1");
    }

    private static Task<(int Status, string Body)> PostAsync(ClusterProcesses cluster, string path, string body, int member = 0, params string[] more) =>
        RunAsync(cluster.Members[member], path, ["-d", body, .. more]);

    /// <summary>What differs from cluster to cluster is written shorter: ids as H, the term as T.</summary>
    private static async Task<(int Status, string Body)> RunAsync(MemberProcess member, string path, params string[] more)
    {
        ProgramResult result = await Programs.RunAsync(
            Programs.Curl!, ["-sS", "--max-time", "60", "-w", "\n%{http_code}", $"http://{member.Endpoint}{path}", .. more]);
        result.ExitCode.ShouldBe(0, result.Error);
        int end = result.Output.LastIndexOf('\n');
        string body = Ids().Replace(result.Output[..end], "H");
        return (int.Parse(result.Output[(end + 1)..], System.Globalization.CultureInfo.InvariantCulture), Term().Replace(body, "T"));
    }

    [GeneratedRegex("\"cluster_id\":\"[0-9]+\",\"member_id\":\"[0-9]+\"")]
    private static partial Regex Ids();

    [GeneratedRegex("\"raft_term\":\"[0-9]+\"")]
    private static partial Regex Term();
}
