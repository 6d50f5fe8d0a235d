namespace Quorate.Raft.Tests.Sections;

/// <summary>
/// Paper figure 3: the properties hold at every time, whatever the network, the disks and the servers do; and once they
/// do no more harm, the cluster elects, commits and agrees.
/// </summary>
public sealed class Paper3_Safety_UnderRandomFaults
{
    [Theory]
    [InlineData(1, 3, 0)]
    [InlineData(2, 3, 1)]
    [InlineData(3, 5, 0)]
    [InlineData(4, 5, 1)]
    [InlineData(5, 1, 1)]
    [InlineData(6, 2, 0)]
    [InlineData(7, 4, 0)]
    public void Nothing_promised_is_lost_and_healed_clusters_agree(int seed, int voters, int learners)
    {
        int rounds = int.TryParse(Environment.GetEnvironmentVariable("QUORATE_RAFT_CHAOS_ROUNDS"), out int wanted) ? wanted : 2;
        for (int round = 0; round < rounds; round++)
        {
            ulong drawn = (ulong)((seed * 1000) + round);
            try
            {
                new RandomFaults(drawn, voters, learners).Run();
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"seed {drawn}, {voters} voters, {learners} learners: {exception.Message}", exception);
            }
        }
    }
}
