namespace Quorate.Raft;

/// <summary>What an entry carries. The values are on disk and on the wire.</summary>
public enum EntryKind : byte
{
    /// <summary>Nothing: the first entry of every leader (paper §8, spec C2).</summary>
    NoOp = 0,

    /// <summary>A command for the state machine.</summary>
    Command = 1,

    /// <summary>A new <see cref="Configuration"/> of the cluster (paper §6).</summary>
    Configuration = 2,
}
