using Quorate.Server.Import;

namespace Quorate.Server.Tests.Import;

public sealed class ImportCheckpointTests : IDisposable
{
    private readonly string _input = Path.GetTempFileName();

    public void Dispose()
    {
        File.Delete(_input);
        ImportCheckpoint.Delete(_input);
    }

    [Fact]
    public void A_checkpoint_is_found_again_for_the_same_input_only()
    {
        new ImportCheckpoint("print", 12, 3, 7).Save(_input);

        ImportCheckpoint.Load(_input, "print").ShouldBe(new ImportCheckpoint("print", 12, 3, 7));
        ImportCheckpoint.Load(_input, "other").ShouldBeNull();
        ImportCheckpoint.Delete(_input);
        ImportCheckpoint.Load(_input, "print").ShouldBeNull();
    }

    [Fact]
    public void A_file_that_is_no_checkpoint_is_refused_with_what_to_do()
    {
        File.WriteAllText(ImportCheckpoint.PathFor(_input), "garbage");

        Should.Throw<ImportException>(() => ImportCheckpoint.Load(_input, "print")).Message.ShouldContain("delete it");
    }

    [Fact]
    public void A_fingerprint_tells_inputs_apart_by_length_and_beginning()
    {
        string[] prints = [.. ((byte[][])[[1, 2], [1, 3], [1, 2, 0]]).Select(bytes => ImportCheckpoint.FingerprintOf(new MemoryStream(bytes), [], 1))];

        prints.Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public void A_fingerprint_tells_imports_of_one_input_apart_by_prefix_and_cluster()
    {
        string[] prints =
        [
            PrintOf([1, 2], [], 1), PrintOf([1, 2], [7], 1), PrintOf([1, 2], [7], 2),
            // What is of the prefix and what is of the input must not run into each other.
            PrintOf([1, 2], [1, 1], 1), PrintOf([1, 2], [1], 1),
        ];

        prints.Distinct().Count().ShouldBe(prints.Length);
        PrintOf([1, 2], [7], 2).ShouldBe(prints[2]);
    }

    private static string PrintOf(byte[] input, byte[] prefix, ulong clusterId) =>
        ImportCheckpoint.FingerprintOf(new MemoryStream(input), prefix, clusterId);
}
