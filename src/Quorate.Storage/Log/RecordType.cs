namespace Quorate.Storage;

/// <summary>What a record says. The values are on disk.</summary>
internal enum RecordType : byte
{
    /// <summary>Term and vote.</summary>
    HardState = 1,

    /// <summary>An entry; everything in the log at or after its index is replaced.</summary>
    Entry = 2,

    /// <summary>The log begins anew after a snapshot.</summary>
    Reset = 3,
}
