using Quorate.Raft;
using Quorate.Raft.Messages;
using Quorate.Replica.Wire;
using Quorate.Storage;

namespace Quorate.Replica.Parts;

/// <summary>
/// Knows each other member by the data folder that it first came with. A member whose disk was lost, and that is started
/// again with an empty one under its old name, has forgotten its votes and the entries it acknowledged: with one more
/// server that lags it would be a majority that knows nothing of what is committed. So what it says is not heard, and it
/// hears that it has been replaced.
/// </summary>
/// <remarks>
/// Nothing that a member says is taken in before it is on disk which folder it came with: otherwise a crash here and a
/// lost disk there could together undo what was counted on.
/// </remarks>
/// <param name="own">The data folder of this member.</param>
/// <param name="known">Those of the others, as far as they are on disk.</param>
/// <param name="record">Makes the folder of a member durable, then calls back.</param>
internal sealed class PeerFolders(ulong own, IReadOnlyDictionary<ulong, ulong> known, Action<ulong, ulong, Action> record)
{
    /// <summary>Most messages of a newcomer that wait until it is on record.</summary>
    private const int NewcomerMessagesMax = 8;

    private readonly SortedDictionary<ulong, ulong> _known = new(known.ToDictionary());
    private readonly SortedDictionary<ulong, Newcomer> _newcomers = [];

    public ulong Own => own;

    /// <summary>The data folder that a member is known by; zero if it was not heard yet.</summary>
    public ulong Of(MemberId member) => _known.GetValueOrDefault(member.Value);

    /// <summary>Whether what a frame says may be taken in, now or as soon as its sender is on record.</summary>
    public FrameRefusal Judge(in FrameHeader header)
    {
#if QUORATE_MUTANTS
        if (Mutants.Is(Mutant.EmptyDiskIsHeard))
        {
            return FrameRefusal.None;
        }
#endif
        if (header.ToFolder != 0 && header.ToFolder != own)
        {
            return FrameRefusal.ReplacedDataFolder;
        }

        ulong folder = Of(header.From);
        if (folder == 0 && _newcomers.TryGetValue(header.From.Value, out Newcomer? newcomer))
        {
            folder = newcomer.Folder;
        }

        return folder == 0 || folder == header.FromFolder ? FrameRefusal.None : FrameRefusal.OtherDataFolder;
    }

    /// <summary>
    /// Puts a newcomer on record, and takes in what it says only then. False for a member that is known already: nothing is held.
    /// </summary>
    public bool TryHoldUntilRecorded(in FrameHeader header, Message message, Action<Message> takeIn)
    {
        if (_known.ContainsKey(header.From.Value))
        {
            return false;
        }

        if (_newcomers.TryGetValue(header.From.Value, out Newcomer? newcomer))
        {
            // More is lost, as it might have been on its way.
            if (newcomer.Said.Count < NewcomerMessagesMax)
            {
                newcomer.Said.Add(message);
            }

            return true;
        }

        if (_newcomers.Count + _known.Count < MemberStorage.PeersMax)
        {
            newcomer = new Newcomer(header.FromFolder, message);
            _newcomers.Add(header.From.Value, newcomer);
            Record(header.From.Value, newcomer, takeIn);
        }

        return true;
    }

    private void Record(ulong from, Newcomer newcomer, Action<Message> takeIn) => record(from, newcomer.Folder, () =>
    {
        _newcomers.Remove(from);
        _known.Add(from, newcomer.Folder);
        newcomer.Said.ForEach(takeIn);
    });

    private sealed class Newcomer(ulong folder, Message first)
    {
        public ulong Folder { get; } = folder;

        public List<Message> Said { get; } = [first];
    }
}
