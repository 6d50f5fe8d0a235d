using Quorate.Etcd.Protocol;
using Result = Quorate.Etcd.Protocol.Compare.Types.CompareResult;

namespace Quorate.Client;

/// <summary>
/// What a transaction compares, of a key or of every key of a range; the methods say with what. A range without keys
/// passes; a single key that does not exist has version, revisions and lease 0, and a compare of its value fails.
/// </summary>
/// <typeparam name="T">The type of what is compared: a number, or bytes.</typeparam>
public sealed class Comparand<T>
{
    private readonly KeyRange _range;
    private readonly Compare.Types.CompareTarget _target;
    private readonly Action<Compare, T> _set;

    internal Comparand(KeyRange range, Compare.Types.CompareTarget target, Action<Compare, T> set)
    {
        ArgumentNullException.ThrowIfNull(range);
        _range = range;
        _target = target;
        _set = set;
    }

    /// <summary>It is this.</summary>
    public Compare EqualTo(T other) => Make(Result.Equal, other);

    /// <summary>It is anything else.</summary>
    public Compare NotEqualTo(T other) => Make(Result.NotEqual, other);

    /// <summary>It is more than this; bytes are compared one by one.</summary>
    public Compare GreaterThan(T other) => Make(Result.Greater, other);

    /// <summary>It is less than this; bytes are compared one by one.</summary>
    public Compare LessThan(T other) => Make(Result.Less, other);

    private Compare Make(Result result, T other)
    {
        var compare = new Compare { Key = _range.Key, RangeEnd = _range.RangeEnd, Target = _target, Result = result };
        _set(compare, other);
        return compare;
    }
}
