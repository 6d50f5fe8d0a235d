namespace Quorate.Raft;

/// <summary>
/// The answers to one request for votes or pre-votes (paper §5.2). The first answer of a member stands, save that it may
/// grant what it was taken to refuse: a vote, once given, is on its disk.
/// </summary>
internal sealed class ElectionTally
{
    private readonly List<(MemberId Member, bool Granted)> _answers = [];
    private readonly Func<MemberId, bool?> _answerOf;

    public ElectionTally() => _answerOf = AnswerOf;

    public void Begin() => _answers.Clear();

    public void Record(MemberId member, bool granted)
    {
        bool? known = AnswerOf(member);
        if (known is null)
        {
            _answers.Add((member, granted));
        }
        else if (granted && known == false)
        {
            _answers.Remove((member, false));
            _answers.Add((member, true));
        }
    }

    public VoteResult Result(Quorum quorum) => quorum.Tally(_answerOf);

    private bool? AnswerOf(MemberId member)
    {
        foreach ((MemberId answered, bool granted) in _answers)
        {
            if (answered == member)
            {
                return granted;
            }
        }

        return null;
    }
}
