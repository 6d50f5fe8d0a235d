using System.Buffers.Binary;
using System.Text;

namespace Quorate.Raft.Tests.Harness;

/// <summary>A state machine that remembers everything it was given, so that two of them can be compared at any index.</summary>
public sealed class AppliedState
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;
    private readonly List<Entry> _entries = [];

    /// <summary>Every entry, from index one.</summary>
    public IReadOnlyList<Entry> Entries => _entries;

    public LogPosition Last => _entries.Count == 0 ? LogPosition.Start : _entries[^1].Position;

    /// <summary>Over everything applied, in order.</summary>
    public ulong Hash { get; private set; } = FnvOffset;

    /// <summary>The commands as text, without no-ops.</summary>
    public IEnumerable<string> Commands =>
        _entries.Where(entry => entry.Kind == EntryKind.Command).Select(entry => Encoding.UTF8.GetString(entry.Command.Span));

    public void Apply(Entry entry)
    {
        if (entry.Index != Last.Index + 1)
        {
            throw new SafetyViolationException($"asked to apply {entry.Position} after {Last}: each index once and in order (spec C3)");
        }

        _entries.Add(entry);
        Hash = HashOf(Hash, entry);
    }

    public byte[] Save()
    {
        using var stream = new MemoryStream();
        Span<byte> header = stackalloc byte[13];
        foreach (Entry entry in _entries)
        {
            BinaryPrimitives.WriteInt64LittleEndian(header, entry.Term);
            header[8] = (byte)entry.Kind;
            BinaryPrimitives.WriteInt32LittleEndian(header[9..], entry.Command.Length);
            stream.Write(header);
            stream.Write(entry.Command.Span);
        }

        return stream.ToArray();
    }

    public static AppliedState Load(ReadOnlyMemory<byte> bytes)
    {
        var state = new AppliedState();
        while (!bytes.IsEmpty)
        {
            ReadOnlySpan<byte> span = bytes.Span;
            int length = BinaryPrimitives.ReadInt32LittleEndian(span[9..]);
            state.Apply(new Entry(
                BinaryPrimitives.ReadInt64LittleEndian(span), state.Last.Index + 1, (EntryKind)span[8], bytes.Slice(13, length)));
            bytes = bytes[(13 + length)..];
        }

        return state;
    }

    public static uint ChecksumOf(ReadOnlySpan<byte> bytes)
    {
        ulong hash = FnvOffset;
        foreach (byte value in bytes)
        {
            hash = (hash ^ value) * FnvPrime;
        }

        return (uint)(hash >> 32);
    }

    private static ulong HashOf(ulong hash, Entry entry)
    {
        hash = (hash ^ (ulong)entry.Term) * FnvPrime;
        hash = (hash ^ (ulong)entry.Kind) * FnvPrime;
        foreach (byte value in entry.Command.Span)
        {
            hash = (hash ^ value) * FnvPrime;
        }

        return hash;
    }
}
