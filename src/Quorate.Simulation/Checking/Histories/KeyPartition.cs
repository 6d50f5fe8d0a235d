using Google.Protobuf;
using Quorate.Simulation.Histories;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>
/// Sorts keys into groups so that no operation touches two of them: what one operation touches is joined (union-find,
/// Tarjan 1975).
/// </summary>
internal sealed class KeyPartition
{
    private readonly ByteString[] _keys;
    private readonly int[] _parents;

    public KeyPartition(IReadOnlyList<Operation> operations)
    {
        HashSet<ByteString> keys = [];
        foreach (Operation operation in operations)
        {
            RequestKeys.Visit(operation.Request, (key, _, _) => keys.Add(key));
        }

        _keys = [.. keys];
        Array.Sort(_keys, KeySpan.Compare);
        _parents = [.. Enumerable.Range(0, _keys.Length)];
        foreach (Operation operation in operations)
        {
            int group = -1;
            RequestKeys.Visit(operation.Request, (key, rangeEnd, _) =>
            {
                (int from, int to) = KeySpan.Places(_keys, key, rangeEnd);
                group = Join(group, KeySpan.FirstNotBelow(_keys, key));
                for (int i = from; i < to; i++)
                {
                    group = Join(group, i);
                }
            });
        }
    }

    /// <summary>The group of all keys that an operation touches, named by one of its keys' places.</summary>
    public int GroupOf(Operation operation)
    {
        int group = -1;
        RequestKeys.Visit(operation.Request, (key, _, _) => group = group < 0 ? Root(KeySpan.FirstNotBelow(_keys, key)) : group);
        return group;
    }

    /// <summary>The keys of a group in order.</summary>
    public ByteString[] KeysOf(int group) => [.. _keys.Where((_, place) => Root(place) == group)];

    private int Join(int group, int place)
    {
        int root = Root(place);
        if (group < 0 || root == group)
        {
            return root;
        }

        int first = Math.Min(group, root);
        _parents[Math.Max(group, root)] = first;
        return first;
    }

    private int Root(int place)
    {
        while (_parents[place] != place)
        {
            _parents[place] = _parents[_parents[place]];
            place = _parents[place];
        }

        return place;
    }
}
