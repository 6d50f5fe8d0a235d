using Quorate.Replica.Wire;

namespace Quorate.Simulation.Checking;

/// <summary>
/// A server's term is on its disk before a message carries it (spec R3): one that forgot a term that others have heard
/// from it could promise something in that term a second time.
/// </summary>
/// <remarks>
/// A pre-vote asks about a term that nobody is in yet (thesis §9.6), its answer repeats that, and an introduction has none.
/// A forward names the term whose leader it is for: that leader must have told it, and the follower that repeats it to
/// nobody but the leader promises nothing in it.
/// </remarks>
public sealed class ToldTerms : IFrameObserver
{
    /// <summary>Name of the property.</summary>
    public const string Property = "told terms";

    /// <summary>By member: the highest term that it has told.</summary>
    private readonly long[] _told;

    /// <summary>For a world of so many members.</summary>
    public ToldTerms(int members)
    {
        _told = new long[members];
    }

    /// <inheritdoc/>
    public void FrameSent(SimulatedMember sender, in FrameSummary frame)
    {
        ArgumentNullException.ThrowIfNull(sender);
        switch (frame.Kind)
        {
            case FrameKind.RequestPreVote or FrameKind.RequestPreVoteReply or FrameKind.Introduction:
                return;
            case FrameKind.ForwardProposals:
                long leader = _told[(int)frame.To.Value - 1];
                if (frame.Term > leader)
                {
                    throw new PropertyViolatedException(
                        Property, $"member {frame.From} forwards to the leader {frame.To} of term {frame.Term}, which has told no higher term than {leader}");
                }

                return;
            default:
                Require(sender, frame);
                return;
        }
    }

    private void Require(SimulatedMember sender, in FrameSummary frame)
    {
        if (sender.Replica?.Algorithm is not { } node)
        {
            return;
        }

        long durable = node.DurableHardState.CurrentTerm;
        if (frame.Term > durable)
        {
            throw new PropertyViolatedException(
                Property, $"member {frame.From} tells {frame.To} of term {frame.Term} ({frame.Kind}), and has term {durable} on its disk");
        }

        ref long told = ref _told[(int)sender.Id.Value - 1];
        told = Math.Max(told, frame.Term);
    }
}
