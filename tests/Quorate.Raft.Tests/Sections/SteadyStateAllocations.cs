using Quorate.Raft.Tests.Harness;

namespace Quorate.Raft.Tests.Sections;

/// <summary>What committing costs in memory, as a count that no machine's mood changes.</summary>
public sealed class SteadyStateAllocations
{
    private const int Entries = 5 * CoreTrio.CompactEveryEntries;

    /// <summary>An AppendEntries or its reply, with its header: less than this.</summary>
    private const int MessageBytesMax = 128;

    [Fact]
    public void An_entry_allocates_nothing_in_the_core_only_its_batch_s_messages_do()
    {
        CoreTrio cores = new();
        Commit(cores);
        long messagesBefore = cores.MessagesPosted;
        long allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        long committedBefore = cores.Leader.CommitIndex;

        Commit(cores);

        long allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
        (cores.Leader.CommitIndex - committedBefore).ShouldBe(Entries);
        allocated.ShouldBeLessThan((cores.MessagesPosted - messagesBefore) * MessageBytesMax);
    }

    private static void Commit(CoreTrio cores)
    {
        for (int committed = 0; committed < Entries; committed += CoreTrio.BatchEntries)
        {
            cores.CommitBatch();
        }
    }
}
