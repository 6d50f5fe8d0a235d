using Google.Protobuf;
using Quorate.Etcd;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Tests.Support;
using Quorate.Etcd.Watches;
using Quorate.Server.Watches;

namespace Quorate.Server.Tests.Watches;

/// <summary>A member with nothing below it, whose streams are served by the test.</summary>
internal sealed class WatchWorld
{
    private readonly EtcdFront _front;
    private readonly WatchSender[] _taken = new WatchSender[1];

    public WatchWorld()
    {
        var state = new EtcdStateMachine();
        Replica = new ScriptedReplica(state);
        _front = new EtcdFront(Replica, state, new EtcdOptions { ClusterId = 42 }, new WatchGate());
        Turns = new SenderTurns(() => Wakes++);
    }

    public ScriptedReplica Replica { get; }

    public MemberWatches Watches => _front.Watches;

    public SenderTurns Turns { get; }

    public TurnScratch Scratch { get; } = new();

    /// <summary>How often whoever serves was woken.</summary>
    public int Wakes { get; private set; }

    /// <summary>A stream with a watch of a key, whose creation has been answered.</summary>
    public WatchSender Open(HeldWriter writer, string key, CancellationToken ending = default)
    {
        var sender = new WatchSender(Watches, Turns, writer, () => { }, ending);
        sender.Stream.Receive(Create(key));
        Serve();
        writer.Sent.Clear();
        return sender;
    }

    public static WatchRequest Create(string key) => new() { CreateRequest = new WatchCreateRequest { Key = ByteString.CopyFromUtf8(key) } };

    public void Put(string key, string value) =>
        _front.KeyValue.Put(new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFromUtf8(value) }, new UnheardCall());

    /// <summary>Brings what was written to the streams.</summary>
    public void Advance()
    {
        while (Watches.Advance())
        {
        }
    }

    /// <summary>Gives turns until nobody wants one; how many those were.</summary>
    public int Serve()
    {
        int turns = 0;
        for (; Turns.Take(_taken) > 0; turns++)
        {
            if (_taken[0].Write(Scratch))
            {
                _taken[0].Flush();
            }
        }

        return turns;
    }

    private sealed class UnheardCall : EtcdCall<PutResponse>
    {
        protected override void Succeeded(PutResponse response)
        {
        }

        protected override void Failed(EtcdError error) => throw new InvalidOperationException(error.Text);
    }
}
