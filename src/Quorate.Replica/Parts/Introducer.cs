using System.Collections.Immutable;
using Quorate.Raft;
using Quorate.Replica.Wire;

namespace Quorate.Replica.Parts;

/// <summary>
/// Sees to it that every other member has this one's data folder on record soon after its start. Followers do not talk to
/// each other before a leader is lost, and that would be late to find out that one of them is not who it was.
/// </summary>
internal sealed class Introducer(PeerFolders folders, FrameSender sender, MemberId self, int intervalTicks)
{
    private readonly SortedSet<ulong> _knownBy = [];
    private int _ticksLeft;

    public void Tick(ImmutableArray<MemberId> members)
    {
        if (--_ticksLeft > 0)
        {
            return;
        }

        _ticksLeft = intervalTicks;
        foreach (MemberId member in members)
        {
            if (member != self && !_knownBy.Contains(member.Value))
            {
                sender.Send(new Introduction { From = self, To = member, Term = 0, WantsAnswer = true });
            }
        }
    }

    /// <summary>A member that knows this one says so in every frame.</summary>
    public void Heard(in FrameHeader header)
    {
        if (header.ToFolder == folders.Own)
        {
            _knownBy.Add(header.From.Value);
        }
    }

    /// <summary>Somebody is on record now, and may want to know it.</summary>
    public void Handle(Introduction introduction)
    {
        if (introduction.WantsAnswer)
        {
            sender.Send(new Introduction { From = self, To = introduction.From, Term = 0, WantsAnswer = false });
        }
    }
}
