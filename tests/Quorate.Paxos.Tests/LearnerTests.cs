namespace Quorate.Paxos.Tests;

/// <summary>What is known to be chosen (§2.3).</summary>
public sealed class LearnerTests
{
    private static readonly Value s_x = new(1, new byte[] { 1 });
    private static readonly Value s_y = new(2, new byte[] { 2 });

    [Fact]
    public void Values_beyond_a_gap_wait_until_it_is_closed()
    {
        var learner = new Learner();

        learner.Learn(2, s_y).ShouldBeTrue();
        learner.FirstUnknown.ShouldBe(1);
        learner.ValueOf(2).ShouldBe(s_y);
        learner.Learn(1, s_x).ShouldBeTrue();

        learner.FirstUnknown.ShouldBe(3);
        learner.Chosen.ShouldBe([s_x, s_y]);
    }

    [Fact]
    public void What_is_known_is_no_news_and_never_another_value()
    {
        var learner = new Learner();
        learner.Learn(1, s_x);

        learner.Learn(1, s_x).ShouldBeFalse();
        Should.Throw<PaxosInvariantException>(() => learner.Learn(1, s_y));
    }
}
