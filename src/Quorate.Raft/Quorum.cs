using System.Collections.Immutable;

namespace Quorate.Raft;

/// <summary>
/// The one place that knows what a majority is, for one set of voters or, in a joint configuration, for two (paper §6):
/// every decision then needs a majority of each. Learners never count (spec M3).
/// </summary>
/// <remarks>
/// Asking allocates nothing. A configuration without voters can decide nothing: it wins no vote and commits no index.
/// One thread at a time: the object owns the scratch space it sorts in.
/// </remarks>
public sealed class Quorum
{
    private readonly long[] _scratch;

    /// <summary>Answers for one configuration.</summary>
    public Quorum(Configuration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        Configuration = configuration;
        _scratch = new long[Math.Max(configuration.Voters.Length, configuration.OutgoingVoters.Length)];
    }

    /// <summary>The configuration whose voters count.</summary>
    public Configuration Configuration { get; }

    /// <summary>How a vote stands.</summary>
    /// <param name="vote">True for granted, false for refused, null for no answer yet.</param>
    public VoteResult Tally(Func<MemberId, bool?> vote)
    {
        ArgumentNullException.ThrowIfNull(vote);
        VoteResult incoming = Tally(Configuration.Voters, vote);
        if (!Configuration.IsJoint)
        {
            return incoming;
        }

        VoteResult outgoing = Tally(Configuration.OutgoingVoters, vote);
        if (incoming == VoteResult.Lost || outgoing == VoteResult.Lost)
        {
            return VoteResult.Lost;
        }

        return incoming == VoteResult.Won && outgoing == VoteResult.Won ? VoteResult.Won : VoteResult.Pending;
    }

    /// <summary>Whether the members for which <paramref name="isIn"/> holds form a majority.</summary>
    public bool IsQuorum(Func<MemberId, bool> isIn)
    {
        ArgumentNullException.ThrowIfNull(isIn);
        return IsMajority(Configuration.Voters, isIn)
            && (!Configuration.IsJoint || IsMajority(Configuration.OutgoingVoters, isIn));
    }

    /// <summary>
    /// The highest index that a majority holds; under a joint configuration the lower of the two sets' answers.
    /// Whether it is committed is for <see cref="CommitRule"/> to say.
    /// </summary>
    /// <param name="matchIndex">Up to which index a voter's disk holds the leader's log; zero where nothing is known.</param>
    public long MajorityIndex(Func<MemberId, long> matchIndex)
    {
        ArgumentNullException.ThrowIfNull(matchIndex);
        long index = MajorityIndex(Configuration.Voters, matchIndex);
        return Configuration.IsJoint ? Math.Min(index, MajorityIndex(Configuration.OutgoingVoters, matchIndex)) : index;
    }

    private static int Majority(int voters) => (voters / 2) + 1;

    private static VoteResult Tally(ImmutableArray<MemberId> voters, Func<MemberId, bool?> vote)
    {
        int granted = 0;
        int open = 0;
        foreach (MemberId voter in voters)
        {
            switch (vote(voter))
            {
                case true:
                    granted++;
                    break;
                case null:
                    open++;
                    break;
            }
        }

        int majority = Majority(voters.Length);
        if (granted >= majority)
        {
            return VoteResult.Won;
        }

        return granted + open >= majority ? VoteResult.Pending : VoteResult.Lost;
    }

    private static bool IsMajority(ImmutableArray<MemberId> voters, Func<MemberId, bool> isIn)
    {
        int count = 0;
        foreach (MemberId voter in voters)
        {
            if (isIn(voter))
            {
                count++;
            }
        }

        return count >= Majority(voters.Length);
    }

    private long MajorityIndex(ImmutableArray<MemberId> voters, Func<MemberId, long> matchIndex)
    {
        if (voters.IsEmpty)
        {
            return 0;
        }

        Span<long> ascending = _scratch.AsSpan(0, voters.Length);
        for (int i = 0; i < voters.Length; i++)
        {
            ascending[i] = matchIndex(voters[i]);
        }

        ascending.Sort();

        // The n-th largest of m values stands at m - n: so many voters, itself included, hold that index or more.
        return ascending[voters.Length - Majority(voters.Length)];
    }
}
