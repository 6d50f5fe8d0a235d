namespace Quorate.Raft;

/// <summary>One entry of the log (paper figure 2). Its bytes never change once it exists.</summary>
public readonly struct Entry : IEquatable<Entry>
{
    /// <summary>Creates an entry.</summary>
    public Entry(long term, long index, EntryKind kind, ReadOnlyMemory<byte> command)
    {
        Term = term;
        Index = index;
        Kind = kind;
        Command = command;
    }

    /// <summary>Term in which a leader created it.</summary>
    public long Term { get; }

    /// <summary>Place in the log, from one.</summary>
    public long Index { get; }

    /// <summary>What <see cref="Command"/> means.</summary>
    public EntryKind Kind { get; }

    /// <summary>The bytes that the state machine is given.</summary>
    public ReadOnlyMemory<byte> Command { get; }

    /// <summary>Term and index.</summary>
    public LogPosition Position => new(Term, Index);

    /// <summary>Whether both have the same position, kind and bytes.</summary>
    public bool Equals(Entry other) =>
        Term == other.Term && Index == other.Index && Kind == other.Kind && Command.Span.SequenceEqual(other.Command.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Entry other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => unchecked((int)((Term * 31) + Index));

    /// <summary>Equality by content.</summary>
    public static bool operator ==(Entry left, Entry right) => left.Equals(right);

    /// <summary>Inequality by content.</summary>
    public static bool operator !=(Entry left, Entry right) => !left.Equals(right);

    /// <inheritdoc/>
    public override string ToString() => $"{Term}/{Index} {Kind} {Command.Length}B";
}
