using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using Google.Protobuf;
using Quorate.Etcd.Protocol;

namespace Quorate.Server.Benchmark;

/// <summary>Watchers of the same keys, one or more on each stream, all on one connection; counts the events they get.</summary>
internal sealed class WatchLoad : LoadConnection
{
    private const int MessagePrefixBytes = 5;

    private readonly int _watchers;
    private readonly int _watchersPerStream;

    /// <summary>Creates as many watches as one stream has, one message after the other.</summary>
    private readonly byte[] _requests;
    private readonly LoadClock _clock;
    private readonly Dictionary<int, MemoryStream> _unfinished = [];
    private readonly ManualResetEventSlim _ready = new();
    private int _waiting;
    private int _created;

    public WatchLoad(EndPoint endPoint, ByteString key, ByteString rangeEnd, int watchers, int watchersPerStream, LoadClock clock)
        : base(endPoint, "/etcdserverpb.Watch/Watch")
    {
        _watchers = _waiting = watchers;
        _watchersPerStream = Math.Min(watchersPerStream, watchers);
        _clock = clock;
        var request = new WatchRequest { CreateRequest = new WatchCreateRequest { Key = key, RangeEnd = rangeEnd } };
        byte[] message = new byte[MessagePrefixBytes + request.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), message.Length - MessagePrefixBytes);
        request.WriteTo(message.AsSpan(MessagePrefixBytes));
        _requests = new byte[message.Length * _watchersPerStream];
        for (int i = 0; i < _watchersPerStream; i++)
        {
            message.CopyTo(_requests, i * message.Length);
        }
    }

    /// <summary>Streams that it opens.</summary>
    public int Streams => (_watchers + _watchersPerStream - 1) / _watchersPerStream;

    /// <summary>Events that came while it counted.</summary>
    public long Events { get; private set; }

    /// <summary>All that came.</summary>
    public long AllEvents { get; private set; }

    /// <summary>Why a watch has ended; null while none has.</summary>
    public string? Failure { get; private set; }

    /// <summary>Set once all watches stand.</summary>
    public ManualResetEventSlim Ready => _ready;

    /// <inheritdoc/>
    protected override bool IsOver => _clock.IsOver || Failure is not null;

    /// <inheritdoc/>
    protected override void Begin()
    {
        if (_requests.Length > StreamWindowBytes)
        {
            throw new IOException($"{_watchersPerStream} watches on a stream are more than the server takes at once ({StreamWindowBytes} bytes of requests); use fewer");
        }

        CanSend();
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
        while (_waiting > 0 && MaySend(_requests.Length))
        {
            int watchers = Math.Min(_waiting, _watchersPerStream);
            _waiting -= watchers;
            Open(_requests.AsSpan(0, _requests.Length / _watchersPerStream * watchers), isLastMessage: false, out _);
        }
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
                AllEvents += tag == EventTag ? 1 : 0;
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
