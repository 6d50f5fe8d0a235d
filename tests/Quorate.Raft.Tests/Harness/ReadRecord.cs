namespace Quorate.Raft.Tests.Harness;

/// <summary>A linearizable read.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Server">Where it was asked.</param>
/// <param name="CommittedBefore">What was committed anywhere when it was asked: it must see all of that.</param>
public sealed record ReadRecord(long Id, MemberId Server, long CommittedBefore)
{
    public ReadResult? Result { get; set; }

    /// <summary>The server stopped before it answered.</summary>
    public bool Abandoned { get; set; }
}
