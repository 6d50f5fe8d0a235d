using System.Net;
using System.Net.Sockets;
using Quorate.Client;
using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.EndToEnd.Tests;

/// <summary>Members that may not open as many files as they have clients.</summary>
public sealed class DescriptorLimitTests
{
    [LinuxFact]
    public async Task Clients_do_not_take_the_descriptors_that_a_member_needs_itself()
    {
        using var folder = new TemporaryFolder();
        int clientPort = Ports.Take();
        int peerPort = Ports.Take();
        await using var member = new MemberProcess("m", folder.File("m"), clientPort, peerPort, $"m=http://127.0.0.1:{peerPort}")
        {
            DescriptorsAtStart = 300,
        };
        await member.StartAsync();
        member.Log.ShouldContain("at most 75 connections of clients at once, since this process may open no more than 300 files");
        List<Socket> idle = [];
        try
        {
            for (int i = 0; i < 300; i++)
            {
                idle.Add(await ConnectAsync(member));
            }

            // No more than 75 are kept, whoever they are.
            int closed = 0;
            foreach (Socket socket in idle[75..])
            {
                closed += await IsClosedAsync(socket) ? 1 : 0;
            }

            closed.ShouldBe(225);
            member.Log.ShouldNotContain("could not be accepted");
        }
        finally
        {
            idle.ForEach(socket => socket.Dispose());
        }

        using var client = new QuorateClient(new QuorateClientOptions { Endpoints = [member.Endpoint], Timeout = TimeSpan.FromMinutes(1) });
        await client.PutAsync("k", "v");
    }

    private static async Task<bool> IsClosedAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1]) == 0;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return true;
        }
    }

    private static async Task<Socket> ConnectAsync(MemberProcess member)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, member.ClientPort));
        return socket;
    }
}
