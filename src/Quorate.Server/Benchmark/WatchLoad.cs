using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using Google.Protobuf;
using Quorate.Etcd.Protocol;

namespace Quorate.Server.Benchmark;

/// <summary>Watchers of the same keys, each with a stream of its own, all on one connection; counts the events they get.</summary>
internal sealed class WatchLoad : LoadConnection
{
    private const int MessagePrefixBytes = 5;

    private readonly int _watchers;
    private readonly byte[] _request;
    private readonly LoadClock _clock;
    private readonly Dictionary<int, MemoryStream> _unfinished = [];
    private readonly ManualResetEventSlim _ready = new();
    private int _created;

    public WatchLoad(EndPoint endPoint, ByteString key, ByteString rangeEnd, int watchers, LoadClock clock)
        : base(endPoint, "/etcdserverpb.Watch/Watch")
    {
        _watchers = watchers;
        _clock = clock;
        var request = new WatchRequest { CreateRequest = new WatchCreateRequest { Key = key, RangeEnd = rangeEnd } };
        _request = new byte[MessagePrefixBytes + request.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(_request.AsSpan(1), _request.Length - MessagePrefixBytes);
        request.WriteTo(_request.AsSpan(MessagePrefixBytes));
    }

    /// <summary>Events that came while it counted.</summary>
    public long Events { get; private set; }

    /// <summary>Why a watch has ended; null while none has.</summary>
    public string? Failure { get; private set; }

    /// <summary>Set once all watches stand.</summary>
    public ManualResetEventSlim Ready => _ready;

    /// <inheritdoc/>
    protected override bool IsOver => _clock.IsOver || Failure is not null;

    /// <inheritdoc/>
    protected override void Begin()
    {
        for (int i = 0; i < _watchers; i++)
        {
            Open(_request, isLastMessage: false, out _);
        }
    }

    /// <inheritdoc/>
    protected override void Received(int stream, ReadOnlySpan<byte> data)
    {
        if (_unfinished.Remove(stream, out MemoryStream? unfinished))
        {
            unfinished.Write(data);
            data = unfinished.GetBuffer().AsSpan(0, (int)unfinished.Length);
        }

        while (data.Length >= MessagePrefixBytes && MessagePrefixBytes + BinaryPrimitives.ReadInt32BigEndian(data[1..]) is var bytes && bytes <= data.Length)
        {
            Count(data[MessagePrefixBytes..bytes]);
            data = data[bytes..];
        }

        if (!data.IsEmpty)
        {
            MemoryStream rest = new();
            rest.Write(data);
            _unfinished.Add(stream, rest);
        }
    }

    /// <inheritdoc/>
    protected override void Ended(int stream, string reason)
    {
        Failure ??= reason.Length > 0 ? reason : "a watch ended without a reason";
        _ready.Set();
    }

    /// <inheritdoc/>
    protected override void CanSend()
    {
        // Watches are small, and all of them fit into the first window.
    }

    /// <summary>Counts the events of a WatchResponse by their tags alone.</summary>
    private void Count(ReadOnlySpan<byte> response)
    {
        const uint EventTag = ((uint)WatchResponse.EventsFieldNumber << 3) | 2;
        const uint CreatedTag = (uint)WatchResponse.CreatedFieldNumber << 3;
        bool counts = _clock.IsCounting(Stopwatch.GetTimestamp());
        while (!response.IsEmpty)
        {
            uint tag = ReadVarint(ref response);
            uint value = ReadVarint(ref response);
            if (tag == CreatedTag && ++_created == _watchers)
            {
                _ready.Set();
            }

            if ((tag & 7) == 2)
            {
                Events += tag == EventTag && counts ? 1 : 0;
                response = response[(int)value..];
            }
        }
    }

    private static uint ReadVarint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = bytes[0];
            bytes = bytes[1..];
            value |= shift < 64 ? (ulong)(next & 0x7f) << shift : 0;
            if (next < 0x80)
            {
                return (uint)value;
            }
        }
    }
}
