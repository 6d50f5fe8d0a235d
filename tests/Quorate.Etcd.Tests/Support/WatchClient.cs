using Quorate.Etcd.Protocol;
using Quorate.Etcd.Watches;

namespace Quorate.Etcd.Tests.Support;

/// <summary>A client with one stream of watches at a member.</summary>
internal sealed class WatchClient
{
    private readonly EtcdWorld world;

    public WatchClient(EtcdWorld world)
    {
        this.world = world;
        Stream = world.Front.Watches.Open(() => Wakes++);
    }

    public WatchStream Stream { get; }

    /// <summary>Times that the stream said it has something.</summary>
    public int Wakes { get; private set; }

    public void Create(WatchCreateRequest request) => Stream.Receive(new WatchRequest { CreateRequest = request });

    public void Cancel(long id) => Stream.Receive(new WatchRequest { CancelRequest = new WatchCancelRequest { WatchId = id } });

    public void AskForProgress() => Stream.Receive(new WatchRequest { ProgressRequest = new WatchProgressRequest() });

    /// <summary>Reads everything that the member has to say by now.</summary>
    public List<WatchResponse> Read()
    {
        Advance();
        return ReadWithoutAdvance();
    }

    /// <summary>Brings what was written to the member's streams.</summary>
    public void Advance()
    {
        while (world.Front.Watches.Advance())
        {
        }
    }

    public List<WatchResponse> ReadWithoutAdvance()
    {
        List<WatchResponse> read = [];
        while (Stream.TryTake(out WatchMessage? message))
        {
            if (message is not null)
            {
                WatchResponse response = message.ToResponse();
                response.CalculateSize().ShouldBe(message.SizeBytes);
                read.Add(response);
            }
        }

        return read;
    }

    /// <summary>The events of all responses, as "revision type key=value".</summary>
    public List<string> ReadEvents() => [.. Read().SelectMany(response => response.Events).Select(Show)];

    public static string Show(Event change) =>
        $"{change.Kv.ModRevision} {change.Type} {change.Kv.Key.ToStringUtf8()}={change.Kv.Value.ToStringUtf8()}"
        + (change.PrevKv is null ? "" : $" was {change.PrevKv.Value.ToStringUtf8()}");
}
