using BenchmarkDotNet.Attributes;
using Quorate.Io;
using Quorate.Raft;
using Quorate.Raft.Messages;
using Quorate.Replica;
using Quorate.Replica.Parts;
using Quorate.Replica.Wire;

namespace Quorate.Microbenchmarks;

/// <summary>What goes between members: an AppendEntries with entries of 256 bytes, to its frame and back.</summary>
[MemoryDiagnoser]
public class FrameCodec
{
    private const ulong ClusterId = 7;
    private const int FrameBytesMax = 1 << 20;

    private readonly FrameEncoder _encoder = new(ClusterId, new PeerFolders(1, new Dictionary<ulong, ulong> { [2] = 2 }, (_, _, done) => done()));
    private readonly FrameDecoder _decoder = new(new MemberId(2), ClusterId, FrameBytesMax);
    private AppendEntries? _message;
    private byte[] _frame = [];

    [Params(1, 64)]
    public int Entries { get; set; }

    [GlobalSetup]
    public void Make()
    {
        byte[] command = new byte[256];
        _message = new AppendEntries
        {
            From = new MemberId(1),
            To = new MemberId(2),
            Term = 1,
            Previous = new LogPosition(1, 1),
            CommitIndex = 1,
            Entries = Enumerable.Range(2, Entries).Select(index => new Entry(1, index, EntryKind.Command, command)).ToArray(),
        };
        using FrameBuffer frame = _encoder.Encode(_message);
        _frame = frame.Written.ToArray();
        if (_decoder.TryDecode(1, _frame, out _, out _) != FrameRefusal.None)
        {
            throw new InvalidOperationException("the frame is refused");
        }
    }

    [Benchmark(Description = "frame: encode AppendEntries")]
    public void Encode() => _encoder.Encode(_message!).Dispose();

    [Benchmark(Description = "frame: decode AppendEntries")]
    public object? Decode()
    {
        _decoder.TryDecode(1, _frame, out _, out Message? message);
        return message;
    }
}
