using Quorate.Raft;
using Quorate.Replica.Wire;

namespace Quorate.Replica.Parts;

/// <summary>A follower's side of forwarding: gathers commands for the leader into few frames. Each is sent once, ever.</summary>
internal sealed class ForwardSender(MemberId self, ulong incarnation, FrameSender sender)
{
    /// <summary>Bytes of commands after which a frame leaves; a larger command travels alone.</summary>
    private const int BatchBytesMax = 512 << 10;

    private readonly List<ReadOnlyMemory<byte>> _gathered = [];
    private long _bytes;
    private ulong _sequence;

    public void Add(ReadOnlyMemory<byte> command, MemberId leader, long term)
    {
        if (_bytes + command.Length > BatchBytesMax)
        {
            Send(leader, term);
        }

        _gathered.Add(command);
        _bytes += command.Length;
    }

    /// <summary>Sends what was gathered, to the leader for which it was.</summary>
    public void Send(MemberId leader, long term)
    {
        if (_gathered.Count == 0)
        {
            return;
        }

        sender.Send(new ForwardProposals
        {
            From = self,
            To = leader,
            Term = term,
            Incarnation = incarnation,
            Sequence = ++_sequence,
            Commands = [.. _gathered],
        });
        _gathered.Clear();
        _bytes = 0;
    }
}
