using System.Net.Sockets;

namespace Quorate.Runtime;

/// <summary>Connects to a peer and exchanges greetings with it.</summary>
internal static class PeerDialer
{
    /// <summary>
    /// Returns a connection that may carry frames, or why the peer refuses one. Refusals are for people to mend;
    /// whatever throws may mend itself.
    /// </summary>
    /// <exception cref="SocketException">There is no way to the peer.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="TimeoutException">Connecting or greeting took too long.</exception>
    public static async Task<(Socket? Socket, string? Refusal)> DialAsync(
        PeerNetworkOptions options, PeerAddress peer, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await WithinAsync(
                options.ConnectTimeout,
                token => socket.ConnectAsync(peer.Host, peer.Port, token),
                "connecting", cancellationToken).ConfigureAwait(false);
            string? refusal = null;
            await WithinAsync(
                options.HelloTimeout,
                async token => refusal = await GreetAsync(socket, options, peer, token).ConfigureAwait(false),
                "the greeting", cancellationToken).ConfigureAwait(false);
            if (refusal is null)
            {
                return (socket, null);
            }

            socket.Dispose();
            return (null, refusal);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async ValueTask<string?> GreetAsync(
        Socket socket, PeerNetworkOptions options, PeerAddress peer, CancellationToken cancellationToken)
    {
        byte[] hello = new byte[PeerHello.Length];
        new PeerHello(options.ClusterId, options.Id.Value, peer.Id.Value).Write(hello);
        for (int sent = 0; sent < hello.Length;)
        {
            sent += await socket.SendAsync(hello.AsMemory(sent), SocketFlags.None, cancellationToken).ConfigureAwait(false);
        }

        byte[] answer = new byte[PeerHelloReply.Length];
        int filled = 0;
        while (filled < answer.Length)
        {
            int count = await socket.ReceiveAsync(answer.AsMemory(filled), SocketFlags.None, cancellationToken).ConfigureAwait(false);
            filled += count;
            if (!PeerHello.MayBegin(answer.AsSpan(0, filled)))
            {
                return "what listens there is not a Quorate peer";
            }

            if (count == 0)
            {
                throw new IOException("it closed the connection without answering the greeting");
            }
        }

        if (!PeerHelloReply.TryRead(answer, out PeerHelloReply reply))
        {
            return "its answer to the greeting is damaged";
        }

        return reply.Answer == PeerAnswer.Welcome ? null : Explain(reply, options, peer);
    }

    private static string Explain(PeerHelloReply reply, PeerNetworkOptions options, PeerAddress peer) => reply.Answer switch
    {
        PeerAnswer.UnsupportedVersion =>
            $"it speaks version {reply.Version} of the peer protocol, this member version {PeerHello.ProtocolVersion}",
        PeerAnswer.Damaged => "the greeting reached it damaged",
        PeerAnswer.OtherCluster =>
            $"it belongs to cluster {reply.ClusterId:x}, this member to cluster {options.ClusterId:x}: "
            + OtherCluster.Explain(options, sharesIds: reply.MemberId == peer.Id.Value),
        PeerAnswer.OtherMember => $"it is member {reply.MemberId:x}, not {peer.Id}: check the address",
        PeerAnswer.SameMember => $"it is member {reply.MemberId:x}, as this one says to be: two members have one id",
        _ => $"for a reason that this version does not know ({(ushort)reply.Answer})",
    };

    private static async Task WithinAsync(
        TimeSpan limit, Func<CancellationToken, ValueTask> action, string what, CancellationToken cancellationToken)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timer.CancelAfter(limit);
        try
        {
            await action(timer.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{what} took longer than {limit}");
        }
    }
}
