using System.Buffers.Binary;

namespace Quorate.Replica.Tests.World;

/// <summary>A client's write of one number.</summary>
internal sealed class TestWrite : Proposal
{
    private readonly bool _mayForward;

    public TestWrite(ulong number, TimeSpan timeout, bool mayForward = true, int padding = 0)
        : base(BufferOf(number, padding), timeout)
    {
        Written = number;
        _mayForward = mayForward;
    }

    public ulong Written { get; }

    public ProposalOutcome? Outcome { get; private set; }

    public ProposalStatus? Status => Outcome?.Status;

    public Action<TestWrite>? Then { get; set; }

    public override bool MayForward => _mayForward;

    protected internal override void Completed(in ProposalOutcome outcome)
    {
        Outcome.ShouldBeNull("a proposal ends once");
        Outcome = outcome;
        Then?.Invoke(this);
    }

    private static byte[] BufferOf(ulong number, int padding)
    {
        byte[] buffer = new byte[HeaderLength + sizeof(ulong) + padding];
        BinaryPrimitives.WriteUInt64LittleEndian(buffer.AsSpan(HeaderLength), number);
        return buffer;
    }
}
