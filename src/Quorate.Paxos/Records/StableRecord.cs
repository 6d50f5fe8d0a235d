namespace Quorate.Paxos.Records;

/// <summary>Something that goes to stable storage. A member restarts from its records, in the order it wrote them.</summary>
public abstract record StableRecord;
