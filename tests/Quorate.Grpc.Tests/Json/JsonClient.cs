using System.Net;
using System.Text;

namespace Quorate.Grpc.Tests.Json;

/// <summary>Posts texts and shows what comes back, as curl does.</summary>
public sealed class JsonClient(Uri address, Version version) : IDisposable
{
    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = address,
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public static JsonClient OfHttp1(ProberServer server) => new(server.Http1Address, HttpVersion.Version11);

    public static JsonClient OfHttp2(ProberServer server) => new(server.Address, HttpVersion.Version20);

    public Task<JsonAnswer> PostAsync(string path, string body, params (string Name, string Value)[] headers) =>
        PostAsync(path, Encoding.UTF8.GetBytes(body), headers);

    public async Task<JsonAnswer> PostAsync(string path, byte[] body, params (string Name, string Value)[] headers) =>
        await SendAsync(HttpMethod.Post, path, new ByteArrayContent(body), headers);

    public async Task<JsonAnswer> SendAsync(HttpMethod verb, string path, HttpContent? body = null, params (string Name, string Value)[] headers)
    {
        using var request = Request(verb, path, body, headers);
        using HttpResponseMessage response = await client.SendAsync(request);
        return new JsonAnswer(
            response.StatusCode,
            response.Content.Headers.ContentType?.ToString(),
            await response.Content.ReadAsStringAsync(),
            response.Headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>Returns once the headers have come; the body is read by the test.</summary>
    public Task<HttpResponseMessage> OpenAsync(string path, HttpContent body, CancellationToken cancellationToken = default) =>
        client.SendAsync(Request(HttpMethod.Post, path, body, []), HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    public void Dispose() => client.Dispose();

    private HttpRequestMessage Request(HttpMethod verb, string path, HttpContent? body, (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(verb, path)
        {
            Content = body,
            Version = client.DefaultRequestVersion,
            VersionPolicy = client.DefaultVersionPolicy,
        };
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        }

        return request;
    }
}
