using System.Net;
using System.Net.Sockets;
using Quorate.Server.Benchmark;

namespace Quorate.Server.Tests.Benchmark;

/// <summary>What <c>quorate bench</c> says of a member that goes away.</summary>
public sealed class LoadConnectionTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public LoadConnectionTests() => _listener.Start();

    private string Address => _listener.LocalEndpoint.ToString()!;

    public void Dispose() => _listener.Dispose();

    [Fact]
    public void A_polite_end_is_told_in_words() =>
        ErrorOf(server => server.Send(GoAway(0, ""))).ShouldStartWith($"{Address} ended the connection: the server is stopping. ");

    [Fact]
    public void An_end_for_a_reason_is_told_with_its_code_and_text() =>
        ErrorOf(server => server.Send(GoAway(11, "calm down"))).ShouldStartWith($"{Address} ended the connection with code 11: calm down. ");

    [Fact]
    public void An_end_without_a_word_names_the_endpoint() =>
        ErrorOf(server =>
        {
            ReadWhatCame(server);
            server.Shutdown(SocketShutdown.Send);
        }).ShouldStartWith($"{Address} closed the connection. ");

    [Fact]
    public void A_connection_that_breaks_names_the_endpoint() =>
        ErrorOf(server =>
        {
            server.LingerState = new LingerOption(true, 0);
            server.Close();
        }).ShouldStartWith($"the connection to {Address} broke: ");

    [Fact]
    public void An_endpoint_that_cannot_be_reached_is_named_once()
    {
        string address = Address;
        var endPoint = (IPEndPoint)_listener.LocalEndpoint;
        _listener.Stop();

        string error = Should.Throw<IOException>(() => Load(endPoint)).Message;

        error.ShouldStartWith($"cannot connect to {address}: ");
        error.Split(endPoint.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)).Length.ShouldBe(2, error);
        error.ShouldContain("needs each of them");
    }

    /// <summary>What a load says whose server behaves so once the connection stands.</summary>
    private string ErrorOf(Action<Socket> server)
    {
        using CallLoad load = Load((IPEndPoint)_listener.LocalEndpoint);
        using Socket accepted = _listener.AcceptSocket();
        server(accepted);

        string error = Should.Throw<IOException>(() => load.Run(streams: 1)).Message;
        error.ShouldContain("needs each of them");
        return error;
    }

    private static CallLoad Load(IPEndPoint endPoint)
    {
        var options = new LoadOptions
        {
            EndPoints = [endPoint],
            Clients = 1,
            Connections = 1,
            Keys = 1,
            ValueBytes = 1,
            WarmUp = TimeSpan.Zero,
            Duration = TimeSpan.FromMinutes(1),
        };
        return new CallLoad(endPoint, LoadRequests.Put(valueBytes: 1), clients: 1, keys: 1, seed: 1, LoadClock.Start(options));
    }

    private static void ReadWhatCame(Socket server)
    {
        while (server.Available > 0)
        {
            server.Receive(new byte[1024]);
        }
    }

    /// <summary>RFC 9113 §6.8: the last stream, the code, and whatever the server adds.</summary>
    private static byte[] GoAway(byte code, string text) =>
        [0, 0, (byte)(8 + text.Length), 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, code, .. System.Text.Encoding.UTF8.GetBytes(text)];
}
