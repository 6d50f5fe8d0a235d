using Quorate.Replica;

namespace Quorate.Simulation.Tests.Runs;

/// <summary>A command whose outcome nobody waits for.</summary>
internal sealed class IgnoredProposal() : Proposal(new byte[HeaderLength + 1], TimeSpan.FromSeconds(5))
{
    protected override void Completed(in ProposalOutcome outcome)
    {
    }
}
