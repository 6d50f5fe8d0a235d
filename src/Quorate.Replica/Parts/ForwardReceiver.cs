using Quorate.Raft;
using Quorate.Replica.Wire;

namespace Quorate.Replica.Parts;

/// <summary>
/// The leader's side of forwarding: appends what followers pass on, each command at most once, and refuses only what it
/// certainly did not append. See <see cref="ForwardWindow"/> for why that needs no replicated state.
/// </summary>
internal sealed class ForwardReceiver(RaftNode algorithm, FrameSender sender, Func<ReadOnlyMemory<byte>, ProposalStatus?> append)
{
    /// <summary>Senders (and their restarts) remembered in one term. Further ones are not served until the next term.</summary>
    private const int WindowsMax = 4096;

    /// <summary>Only looked up, never walked.</summary>
    private readonly Dictionary<(MemberId From, ulong Incarnation), ForwardWindow> _windows = [];

    /// <summary>The last term that this server has led since it was started, and that the windows are about.</summary>
    private long _term;

    public void Handle(ForwardProposals forward)
    {
        bool leads = algorithm.Role == Role.Leader && algorithm.CurrentTerm == forward.Term;
        if (leads && _term != forward.Term)
        {
            _windows.Clear();
            _term = forward.Term;
        }

        // A forward to an earlier leader may have been appended by it, and by none but it: saying anything might be false.
        if (forward.Term != _term || !TryEnter(forward))
        {
            return;
        }

        List<ForwardRefusal> refusals = [];
        foreach (ReadOnlyMemory<byte> command in forward.Commands)
        {
            ProposalStatus? refused = leads ? append(command) : ProposalStatus.NoLeader;
            if (refused is { } status)
            {
                refusals.Add(new ForwardRefusal(CommandHeader.Read(command.Span).Number, status));
            }
        }

        if (refusals.Count > 0)
        {
            sender.Send(new ForwardRefused
            {
                From = forward.To,
                To = forward.From,

                // The term whose leader the commands were for. This server led it, so it is on disk; the present one may not be (spec R3).
                Term = forward.Term,
                Refusals = [.. refusals],
            });
        }
    }

    private bool TryEnter(ForwardProposals forward)
    {
        (MemberId, ulong) key = (forward.From, forward.Incarnation);
        if (!_windows.TryGetValue(key, out ForwardWindow? window))
        {
            if (_windows.Count >= WindowsMax)
            {
                return false;
            }

            window = new ForwardWindow();
            _windows.Add(key, window);
        }

        return window.TryEnter(forward.Sequence);
    }
}
