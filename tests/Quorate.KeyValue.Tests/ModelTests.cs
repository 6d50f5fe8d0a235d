using Quorate.KeyValue.Tests.Model;

namespace Quorate.KeyValue.Tests;

public class ModelTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_few_keys_with_long_histories_are_as_the_naive_twin_says(int seed) => new ModelRun(seed, keys: 12).Run(steps: 250);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Many_keys_in_a_deep_tree_are_as_the_naive_twin_says(int seed) => new ModelRun(1000 + seed, keys: 2000).Run(steps: 250);
}
