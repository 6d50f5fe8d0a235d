namespace Quorate.Paxos.Records;

/// <summary>Leaves out the records that later ones have made needless.</summary>
public static class RecordCompaction
{
    /// <summary>The fewest records from which a member restarts as from these.</summary>
    public static IReadOnlyList<StableRecord> Compact(IEnumerable<StableRecord> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        RoundsReservedRecord? reserved = null;
        SortedDictionary<long, ChosenRecord> chosen = [];
        SortedDictionary<long, PromisedRecord> promised = [];
        SortedDictionary<long, AcceptedRecord> accepted = [];
        foreach (StableRecord record in records)
        {
            switch (record)
            {
                case RoundsReservedRecord later when reserved is null || later.Round > reserved.Round:
                    reserved = later;
                    break;
                case ChosenRecord decided:
                    chosen[decided.Instance] = decided;
                    break;
                case PromisedRecord later:
                    promised[later.Instance] = later;
                    break;
                case AcceptedRecord later:
                    accepted[later.Instance] = later;
                    break;
            }
        }

        List<StableRecord> compact = [.. chosen.Values];
        compact.AddRange(accepted.Values.Where(record => !chosen.ContainsKey(record.Instance)));
        compact.AddRange(promised.Values.Where(record => !chosen.ContainsKey(record.Instance)
            && (!accepted.TryGetValue(record.Instance, out AcceptedRecord? later) || record.Ballot > later.Proposal.Ballot)));
        if (reserved is not null)
        {
            compact.Add(reserved);
        }

        return compact;
    }
}
