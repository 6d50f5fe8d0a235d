using System.Buffers.Binary;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Quorate.Runtime.Tests.Peers;

/// <summary>The end of a connection that a peer has made, as the listener that serves it sees it.</summary>
public sealed class PeerConnectionEndTests
{
    /// <summary>What a member's stop awaits must not fail because a peer did not want its last answer.</summary>
    [Fact]
    public async Task An_answer_that_cannot_be_written_ends_the_connection_and_nothing_else()
    {
        await using var network = new TcpPeerNetwork(PeerEnd.Options(2), [], new CapturedLogs());
        var received = new ReceivedFrames();
        network.Start(received);
        var input = new NotingReader(PipeReader.Create(new MemoryStream(GreetingAndPing())));
        var answers = new BrokenAfterTheWelcome();
        var connection = new DefaultConnectionContext { Transport = new Pipes(input, PipeWriter.Create(answers)) };

        await Patience.ForAsync(network.RunConnectionAsync(connection));

        answers.Attempts.ShouldBe(1, "what could not be written is not written again");
        input.IsCompleted.ShouldBeTrue("its memory goes back");
        received.Lost.ShouldBe([(1UL, 0)]);
    }

    private static byte[] GreetingAndPing()
    {
        byte[] bytes = new byte[PeerHello.Length + sizeof(uint)];
        new PeerHello(PeerEnd.Cluster, From: 1, To: 2).Write(bytes.AsSpan(0, PeerHello.Length));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(PeerHello.Length), 0); // a frame of no bytes asks for one
        return bytes;
    }

    private sealed class Pipes(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }

    private sealed class NotingReader(PipeReader reader) : PipeReader
    {
        public bool IsCompleted { get; private set; }

        public override void AdvanceTo(SequencePosition consumed) => reader.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => reader.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => reader.CancelPendingRead();

        public override void Complete(Exception? exception = null)
        {
            IsCompleted = true;
            reader.Complete(exception);
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => reader.ReadAsync(cancellationToken);

        public override bool TryRead(out ReadResult result) => reader.TryRead(out result);
    }

    /// <summary>The peer takes the answer to its greeting, and is gone.</summary>
    private sealed class BrokenAfterTheWelcome : MemoryStream
    {
        public int Attempts { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Length == 0)
            {
                return base.WriteAsync(buffer, cancellationToken);
            }

            Attempts++;
            throw new IOException("Broken pipe");
        }
    }
}
