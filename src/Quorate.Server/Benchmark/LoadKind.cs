namespace Quorate.Server.Benchmark;

/// <summary>What clients do.</summary>
internal enum LoadKind
{
    /// <summary>Write a key.</summary>
    Put,

    /// <summary>Read a key.</summary>
    Get,

    /// <summary>Read many keys in a row.</summary>
    Range,

    /// <summary>Compare, write and read a key in one transaction.</summary>
    Txn,

    /// <summary>One writes, the others watch.</summary>
    Watch,
}
