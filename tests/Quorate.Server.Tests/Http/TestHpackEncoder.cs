namespace Quorate.Server.Tests.Http;

/// <summary>
/// An encoder as clients have it (RFC 7541 §2, §4): with a dynamic table that it believes the server to share, into
/// which every field goes that is not there yet.
/// </summary>
internal sealed class TestHpackEncoder
{
    private const int StaticEntries = 61;
    private const int EntryOverheadBytes = 32;

    private readonly List<(string Name, string Value)> _newestFirst = [];
    private int _tableBytesMax = 4096;
    private byte[] _announced = [];

    /// <summary>How often a field with this name was written out.</summary>
    public Dictionary<string, int> Literals { get; } = [];

    public byte[] Encode(params (string Name, string Value)[] fields)
    {
        byte[] block = [.. _announced, .. fields.SelectMany(field => Encode(field.Name, field.Value))];
        _announced = [];
        return block;
    }

    /// <summary>§4.2: at most what the server allows, 4096; said at the start of the next block.</summary>
    public void Resize(int tableBytesMax)
    {
        _tableBytesMax = tableBytesMax;
        byte[] update = new byte[8];
        _announced = [.. _announced, .. update[..Server.Http.HpackInteger.Write(update, 0x20, 5, tableBytesMax)]];
        Evict(room: 0);
    }

    private byte[] Encode(string name, string value)
    {
        int at = _newestFirst.IndexOf((name, value));
        if (at >= 0)
        {
            byte[] index = new byte[8];
            return index[..Server.Http.HpackInteger.Write(index, 0x80, 7, StaticEntries + 1 + at)];
        }

        Literals[name] = Literals.GetValueOrDefault(name) + 1;
        int bytes = name.Length + value.Length + EntryOverheadBytes;
        Evict(room: bytes);
        if (bytes <= _tableBytesMax)
        {
            _newestFirst.Insert(0, (name, value));
        }

        bool huffman = Literals[name] % 2 == 0;
        return name switch
        {
            ":authority" => Http2Bytes.Literal(1, value, huffman),
            ":path" => Http2Bytes.Literal(4, value, huffman),
            _ => Http2Bytes.Literal(name, value, huffman),
        };
    }

    private void Evict(int room)
    {
        while (_newestFirst.Count > 0 && room + _newestFirst.Sum(entry => entry.Name.Length + entry.Value.Length + EntryOverheadBytes) > _tableBytesMax)
        {
            _newestFirst.RemoveAt(_newestFirst.Count - 1);
        }
    }
}
