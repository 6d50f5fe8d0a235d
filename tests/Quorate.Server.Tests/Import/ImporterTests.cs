using System.Text;
using Quorate.Server.Import;

namespace Quorate.Server.Tests.Import;

public sealed class ImporterTests
{
    [Fact]
    public async Task Records_go_in_batches_within_the_limits()
    {
        List<int> sizes = [];
        var importer = new Importer(
            (batch, _) =>
            {
                sizes.Add(batch.Count);
                return Task.CompletedTask;
            },
            new ImportLimits { BatchRecordsMax = 3 });

        await importer.RunAsync(Records("a1", "b1", "c1", "d1", "e1"), default);

        sizes.ShouldBe([3, 2]);
        importer.RecordsStored.ShouldBe(5);
        importer.OffsetStored.ShouldBe(5);
    }

    [Fact]
    public async Task A_batch_is_bounded_in_bytes_too()
    {
        List<int> sizes = [];
        var importer = new Importer(
            (batch, _) =>
            {
                sizes.Add(batch.Count);
                return Task.CompletedTask;
            },
            new ImportLimits { BatchBytesMax = 4 });

        await importer.RunAsync(Records("a1", "b1", "c-longer-than-a-batch", "d1"), default);

        sizes.ShouldBe([2, 1, 1]);
    }

    [Fact]
    public async Task A_key_that_comes_again_waits_for_the_batch_that_holds_it()
    {
        List<TaskCompletionSource> under = [];
        List<string> order = [];
        var importer = new Importer(
            (batch, _) =>
            {
                order.Add(string.Concat(batch.Select(record => Encoding.UTF8.GetString(record.Key) + Encoding.UTF8.GetString(record.Value))));
                var storing = new TaskCompletionSource();
                under.Add(storing);
                return storing.Task;
            },
            new ImportLimits());

        Task running = importer.RunAsync(Records("a1", "a2", "b1"), default);
        order.ShouldBe(["a1"]);
        under[0].SetResult();
        under[1].SetResult();
        await running;

        order.ShouldBe(["a1", "a2b1"]);
    }

    [Fact]
    public async Task After_a_failure_the_stored_offset_has_no_gap_before_it()
    {
        int number = 0;
        var importer = new Importer(
            (_, _) => ++number == 2 ? Task.FromException(new IOException("no")) : Task.CompletedTask,
            new ImportLimits { BatchRecordsMax = 1, BatchesInFlightMax = 8 });

        await Should.ThrowAsync<IOException>(() => importer.RunAsync(Records("a1", "b1", "c1"), default));

        importer.OffsetStored.ShouldBe(1);
    }

    private static async IAsyncEnumerable<ImportRecord> Records(params string[] records)
    {
        long offset = 0;
        foreach (string record in records)
        {
            yield return new ImportRecord(Encoding.UTF8.GetBytes(record[..1]), Encoding.UTF8.GetBytes(record[1..]), ++offset);
        }

        await Task.CompletedTask;
    }
}
