using Quorate.Replica;

namespace Quorate.Simulation.Testing;

/// <summary>A proposal whose outcome goes to a simulated client.</summary>
internal sealed class ClientProposal(Memory<byte> buffer, TimeSpan timeout, Action<ProposalOutcome> completed) : Proposal(buffer, timeout)
{
    public static ClientProposal Of(ReadOnlyMemory<byte> command, TimeSpan timeout, Action<ProposalOutcome> completed)
    {
        byte[] buffer = new byte[HeaderLength + command.Length];
        command.CopyTo(buffer.AsMemory(HeaderLength));
        return new ClientProposal(buffer, timeout, completed);
    }

    protected override void Completed(in ProposalOutcome outcome) => completed(outcome);
}
