using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.Replica;
using Quorate.Simulation.Histories;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>
/// etcd's keys as a sequential object, for the search for a linearization: what a put, deletion, range or transaction
/// answers when nothing else goes on. Plainly written, and on code of its own.
/// </summary>
/// <remarks>
/// <para>Histories are split by key, and revisions are one sequence over all keys, so a part cannot say what the next
/// revision is. It judges what a key tells by itself: value, lease, version (the number of puts since it was created),
/// the branch that compares lead to, and of revisions that every change of a key has a greater one than the change
/// before, that the first put of a key makes its create revision, that later ones keep it, and that nothing newer than
/// an answer's header is in it. That headers follow real time is left to <see cref="RevisionChecker"/>, on purpose: if
/// the search leaned on them, it would find what that one finds, and nothing besides.</para>
/// <para>A write without an answer has a revision that nobody was told. It becomes known with the first answer that
/// shows it, and holds from then on.</para>
/// <para>Left out: reads that did not ask for linearizability; reads at an older revision, which say nothing of the
/// present; compactions, which change no key; whatever was refused. Keys that go by themselves when a lease ends are
/// not known here.</para>
/// </remarks>
public sealed class KeyValueModel : ISequentialModel<KeyValueState>
{
    private readonly RequestReplay _replay = new();

    /// <inheritdoc/>
    public IReadOnlyList<HistoryPart<KeyValueState>> Partition(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        Operation[] operations = [.. history.Operations.Where(TakesPart)];
        KeyPartition partition = new(operations);
        SortedDictionary<int, List<Operation>> groups = [];
        foreach (Operation operation in operations)
        {
            int group = partition.GroupOf(operation);
            if (!groups.TryGetValue(group, out List<Operation>? members))
            {
                groups.Add(group, members = []);
            }

            members.Add(operation);
        }

        return [.. groups.Select(group => Part(partition.KeysOf(group.Key), group.Value))];
    }

    /// <inheritdoc/>
    public void Step(KeyValueState state, Operation operation, List<KeyValueState> successors)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(operation);
        ArgumentNullException.ThrowIfNull(successors);
        _replay.Decisions.Reset();
        do
        {
            if (_replay.Run(state, operation.Request, operation.Response, operation.Revision))
            {
                successors.Add(state.With(_replay.Draft.Told, _replay.Draft.Changed));
            }
        }
        while (_replay.Decisions.TryAdvance());
    }

    /// <inheritdoc/>
    public bool AreEqual(KeyValueState one, KeyValueState other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return one.IsEqualTo(other);
    }

    /// <inheritdoc/>
    public ulong Hash(KeyValueState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Hash;
    }

    private static bool TakesPart(Operation operation) => operation.End == OperationEnd.Answered
        ? operation.Consistency == ReadConsistency.Linearizable
            && operation.Request is not (CompactionRequest or RangeRequest { Revision: > 0 })
        : operation.IsWriteOfUnknownOutcome;

    private static HistoryPart<KeyValueState> Part(ByteString[] keys, List<Operation> operations)
    {
        string name = keys.Length == 1
            ? $"key {OperationText.Show(keys[0])}"
            : $"{keys.Length} keys from {OperationText.Show(keys[0])} to {OperationText.Show(keys[^1])}";
        return new HistoryPart<KeyValueState>(
            name, new KeyValueState(keys), operations, [.. operations.Select(operation => FootprintOf(operation, keys))], keys.Length);
    }

    private static Footprint FootprintOf(Operation operation, ByteString[] keys)
    {
        Footprint footprint = new(keys.Length);
        RequestKeys.Visit(operation.Request, (key, rangeEnd, changes) =>
        {
            (int from, int to) = KeySpan.Places(keys, key, rangeEnd);
            for (int i = from; i < to; i++)
            {
                footprint.Add(i, changes);
            }
        });
        return footprint;
    }
}
