using Quorate.Replica;

namespace Quorate.Runtime;

/// <summary>A proposal whose outcome is awaited.</summary>
internal sealed class AwaitedProposal : Proposal
{
    private readonly TaskCompletionSource<ProposalOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AwaitedProposal(Memory<byte> buffer, TimeSpan timeout)
        : base(buffer, timeout)
    {
    }

    public Task<ProposalOutcome> Outcome => _outcome.Task;

    public static AwaitedProposal Create(ReadOnlySpan<byte> command, TimeSpan timeout)
    {
        Memory<byte> buffer = CommandMemory.Allocate(HeaderLength + command.Length);
        command.CopyTo(buffer.Span[HeaderLength..]);
        return new AwaitedProposal(buffer, timeout);
    }

    protected internal override void Completed(in ProposalOutcome outcome) => _outcome.TrySetResult(outcome);
}
