using Quorate.Replica;

namespace Quorate.Simulation.Comparison;

/// <summary>A client's command to a replica.</summary>
internal sealed class CommandProposal(Memory<byte> buffer, TimeSpan timeout, Action<ProposalStatus> ended) : Proposal(buffer, timeout)
{
    protected override void Completed(in ProposalOutcome outcome) => ended(outcome.Status);
}
