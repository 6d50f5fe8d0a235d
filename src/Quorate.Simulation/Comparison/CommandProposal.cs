using Quorate.Replica;

namespace Quorate.Simulation.Comparison;

/// <summary>A client's command to a replica.</summary>
internal sealed class CommandProposal(Memory<byte> buffer, Action decided) : Proposal(buffer, TimeSpan.FromSeconds(30))
{
    protected override void Completed(in ProposalOutcome outcome)
    {
        if (outcome.Status == ProposalStatus.Applied)
        {
            decided();
        }
    }
}
