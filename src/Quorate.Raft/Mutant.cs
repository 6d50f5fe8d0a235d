#if QUORATE_MUTANTS
namespace Quorate.Raft;

/// <summary>
/// Faults as real systems had them, each put into one place of this code where <see cref="Mutants"/> asks for it. The
/// simulator must catch every one.
/// </summary>
public enum Mutant
{
    /// <summary>The code as it is.</summary>
    None,

    /// <summary>A vote is granted before it is on disk: after a crash the server votes again in the same term.</summary>
    VoteAnsweredBeforeDurable,

    /// <summary>A candidate asks for votes, and counts its own, before its term and vote are on disk.</summary>
    CandidacyAnnouncedBeforeDurable,

    /// <summary>A server that steps down within a term forgets whom it voted for in it.</summary>
    VoteForgottenOnStepDown,

    /// <summary>The vote is not read back at a start.</summary>
    VoteForgottenOnRestart,

    /// <summary>A log is up to date if its last term and its last index are both no lower: then nobody may be electable.</summary>
    UpToDateComparedPartwise,

    /// <summary>A log is up to date if it is no shorter, whatever its last term.</summary>
    UpToDateByIndexAlone,

    /// <summary>A refused request for a vote restarts the election timer.</summary>
    TimerResetByRefusedVote,

    /// <summary>A pre-vote is granted whatever the log of the candidate.</summary>
    PreVoteIgnoresLog,

    /// <summary>The target of a handover is told to stand before it has the whole log.</summary>
    TransferTargetToldEarly,

    /// <summary>An entry of an earlier term is committed by counting its copies (figure 8).</summary>
    OldTermCommittedByCounting,

    /// <summary>A leader answers reads before it has committed an entry of its own term.</summary>
    ReadBeforeFirstCommit,

    /// <summary>A leader answers reads without asking whether it still leads.</summary>
    ReadWithoutConfirmation,

    /// <summary>The leader counts its own copy of an entry before it is flushed.</summary>
    LeaderCountsUnflushed,

    /// <summary>A follower acknowledges entries before they are flushed.</summary>
    FollowerAcknowledgesUnflushed,

    /// <summary>The completion of a write vouches for its indexes, though other entries stand there by now.</summary>
    CompletionMatchedByIndex,

    /// <summary>A flush that failed counts as one that succeeded.</summary>
    FlushErrorIgnored,

    /// <summary>Recovery relies on a last block that an earlier life may never have flushed.</summary>
    RecoveryTrustsUnflushed,

    /// <summary>Entries that were replaced come back at a restart.</summary>
    DiscardedTailComesBack,

    /// <summary>A delayed message of the leader cuts off entries that came after it.</summary>
    OldMessageTruncates,

    /// <summary>A member that comes back under its name with an empty disk is heard as if it had forgotten nothing.</summary>
    EmptyDiskIsHeard,

    /// <summary>Tidying up snapshots removes the newest.</summary>
    RetentionRemovesNewest,

    /// <summary>A snapshot says that it ends one entry before the one it holds.</summary>
    SnapshotIndexApartFromState,

    /// <summary>A transaction looks at the state as readers see it, which depends on how the member batches.</summary>
    ApplyReadsPublishedState,

    /// <summary>A leader whose disk hangs goes on sending heartbeats.</summary>
    HeartbeatsWhileDiskHangs,

    /// <summary>A restart takes the revision from the records that are left.</summary>
    RevisionForkedByCompaction,

    /// <summary>A forwarded command that the network repeats is appended twice.</summary>
    ForwardTakenTwice,

    /// <summary>A slow watcher goes on after a compaction as if nothing had been taken away.</summary>
    CompactedWatcherNotCancelled,

    /// <summary>Watchers hear again what they heard before a snapshot was installed.</summary>
    EventsRepeatedAfterSnapshot,

    /// <summary>Progress is told of a revision whose events have not been.</summary>
    ProgressToldEarly,

    /// <summary>A lease is revoked because a leader once found it expired, though it was renewed since.</summary>
    ExpiryIgnoresRenewal,

    /// <summary>A checkpoint of what was left of a lease before a renewal counts after it.</summary>
    CheckpointIgnoresRenewal,

    /// <summary>A leader takes a jump of its clock for time that has passed, and ends leases by it.</summary>
    LeaseClockFollowsJumps,

    /// <summary>A follower is sent a snapshot after which the leader's log does not go on.</summary>
    SnapshotEndsBeforeLog,

    /// <summary>Memory of the tree serves again while a reader, or a snapshot that is being written, still looks at it.</summary>
    HeldNodesServeAgain,
}
#endif
