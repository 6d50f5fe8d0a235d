using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Quorate.Grpc.Tests.Protos;

namespace Quorate.Grpc.Tests;

/// <summary>Sends bytes of the test's own making over one HTTP/2 connection, and shows what comes back as it is.</summary>
public sealed class RawGrpcClient(Uri address) : IDisposable
{
    private readonly HttpMessageInvoker invoker = new(new SocketsHttpHandler { UseProxy = false });

    public static byte[] Frame(IMessage message, byte flag = 0) => Frame(message.ToByteArray(), flag);

    public static byte[] Frame(byte[] message, byte flag = 0)
    {
        byte[] frame = new byte[5 + message.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    public Task<RawAnswer> CallAsync(string method, byte[] body, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, $"/quorate.probe.Prober/{method}", body, "application/grpc", headers);

    public async Task<RawAnswer> SendAsync(HttpMethod verb, string path, byte[] body, string? contentType, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(verb, new Uri(address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        }

        using HttpResponseMessage response = await invoker.SendAsync(request, CancellationToken.None);
        byte[] answer = await response.Content.ReadAsByteArrayAsync();
        bool inHeaders = response.Headers.TryGetValues("grpc-status", out IEnumerable<string>? status);
        if (!inHeaders)
        {
            response.TrailingHeaders.TryGetValues("grpc-status", out status);
        }

        HttpHeaders place = inHeaders ? response.Headers : response.TrailingHeaders;
        string message = place.TryGetValues("grpc-message", out IEnumerable<string>? messages) ? messages.Single() : "";
        return new RawAnswer(
            response.StatusCode,
            response.Content.Headers.ContentType?.ToString(),
            status is null ? null : (StatusCode)int.Parse(status.Single(), CultureInfo.InvariantCulture),
            Uri.UnescapeDataString(message),
            inHeaders,
            answer);
    }

    /// <summary>A call that must work, over the same connection.</summary>
    public async Task ShouldStillServeAsync()
    {
        RawAnswer answer = await CallAsync("Echo", Frame(new Probe { Number = 42 }));
        answer.Status.ShouldBe(StatusCode.OK);
        answer.Body.ShouldBe(Frame(new Probe { Number = 42 }));
    }

    public void Dispose() => invoker.Dispose();
}
