using Quorate.Replica;

namespace Quorate.Simulation.Workloads;

/// <summary>Waits until a member has applied what a client has seen elsewhere (spec G1).</summary>
internal sealed class BoundedRead : ReadRequest
{
    private readonly Action<ReadOutcome> _completed;

    public BoundedRead(long tokenIndex, TimeSpan timeout, Action<ReadOutcome> completed)
        : base(ReadConsistency.Bounded, timeout)
    {
        TokenIndex = tokenIndex;
        _completed = completed;
    }

    protected override void Completed(ReadOutcome outcome) => _completed(outcome);
}
