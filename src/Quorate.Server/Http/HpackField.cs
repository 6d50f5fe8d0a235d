namespace Quorate.Server.Http;

/// <summary>An item of a block of header fields (RFC 7541 §6); its strings stay where they are.</summary>
/// <param name="Representation">How it is written.</param>
/// <param name="Index">
/// The entry of the tables that it refers to, for a literal by its name, and zero if the name is written out; or the
/// new size of the dynamic table.
/// </param>
/// <param name="Name">The name of a literal whose index is zero.</param>
/// <param name="Value">The value of a literal.</param>
internal readonly record struct HpackField(HpackRepresentation Representation, int Index, HpackString Name, HpackString Value)
{
    public bool IsLiteral =>
        Representation is HpackRepresentation.LiteralWithIndexing or HpackRepresentation.LiteralWithoutIndexing or HpackRepresentation.LiteralNeverIndexed;
}
