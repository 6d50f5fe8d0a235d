namespace Quorate.Server.Http;

/// <summary>What an item of a block of header fields may be (RFC 7541 §6).</summary>
internal enum HpackRepresentation
{
    /// <summary>§6.1: name and value are those of an entry of the tables.</summary>
    Indexed,

    /// <summary>§6.2.1: the value is here, and the field becomes the newest entry of the dynamic table.</summary>
    LiteralWithIndexing,

    /// <summary>§6.2.2: the value is here, and nothing remembers the field.</summary>
    LiteralWithoutIndexing,

    /// <summary>§6.2.3: likewise, on every hop.</summary>
    LiteralNeverIndexed,

    /// <summary>§6.3: no field; the dynamic table gets another size.</summary>
    SizeUpdate,
}
