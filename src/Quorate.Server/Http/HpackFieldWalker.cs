namespace Quorate.Server.Http;

/// <summary>
/// Goes through a block of header fields, item by item, without the tables of HPACK: it tells where the literals are,
/// not what an index stands for.
/// </summary>
internal ref struct HpackFieldWalker(ReadOnlySpan<byte> block)
{
    private readonly ReadOnlySpan<byte> _block = block;
    private int _position;

    /// <summary>False at the end of the block, and where an item is cut off by it or malformed.</summary>
    public bool TryReadNext(out HpackField field)
    {
        field = default;
        if (_position >= _block.Length)
        {
            return false;
        }

        (HpackRepresentation representation, int indexBits) = _block[_position] switch
        {
            >= 0x80 => (HpackRepresentation.Indexed, 7),
            >= 0x40 => (HpackRepresentation.LiteralWithIndexing, 6),
            >= 0x20 => (HpackRepresentation.SizeUpdate, 5),
            >= 0x10 => (HpackRepresentation.LiteralNeverIndexed, 4),
            _ => (HpackRepresentation.LiteralWithoutIndexing, 4),
        };
        if (!HpackInteger.TryRead(_block, ref _position, indexBits, out int index))
        {
            return false;
        }

        field = new HpackField(representation, index, default, default);
        if (!field.IsLiteral)
        {
            return true;
        }

        HpackString name = default;
        if (index == 0 && !HpackString.TryRead(_block, ref _position, out name))
        {
            return false;
        }

        if (!HpackString.TryRead(_block, ref _position, out HpackString value))
        {
            return false;
        }

        field = field with { Name = name, Value = value };
        return true;
    }
}
