using Quorate.Etcd.Watches;

namespace Quorate.Server.Watches;

/// <summary>What the thread that serves streams needs during a turn, and uses again in the next.</summary>
internal sealed class TurnScratch
{
    private EncodedWatchResponse? _last;

    /// <summary>What the stream had to say.</summary>
    public List<WatchMessage> Messages { get; } = [];

    /// <summary>Bytes written since it was last set to zero.</summary>
    public long WrittenBytes { get; set; }

    /// <summary>A message as gRPC sends it; the same for the same message, which often goes to one stream after the other.</summary>
    public EncodedWatchResponse Encode(WatchMessage message)
    {
        if (_last?.Message != message)
        {
            _last = new EncodedWatchResponse(message);
        }

        return _last;
    }

    /// <summary>Lets go of all that it holds.</summary>
    public void Clear()
    {
        Messages.Clear();
        _last = null;
    }
}
