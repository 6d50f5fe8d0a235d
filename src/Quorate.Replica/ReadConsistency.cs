namespace Quorate.Replica;

/// <summary>The three consistencies of a read (spec G1).</summary>
public enum ReadConsistency
{
    /// <summary>Reflects every write that was answered before the read began. The default.</summary>
    Linearizable,

    /// <summary>Reflects at least what the client's token stands for.</summary>
    Bounded,

    /// <summary>Whatever this member has applied.</summary>
    Local,
}
