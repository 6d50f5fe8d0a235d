namespace Quorate.Raft.Tests.Harness;

/// <summary>A command that some server accepted.</summary>
public sealed record ProposalRecord(MemberId Server, string Command, LogPosition Position)
{
    /// <summary>Whether the server that accepted it applied it, so that its client was told.</summary>
    public bool Acknowledged { get; set; }
}
