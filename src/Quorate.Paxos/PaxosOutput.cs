using Quorate.Paxos.Messages;
using Quorate.Paxos.Records;

namespace Quorate.Paxos;

/// <summary>
/// Everything the algorithm asks of its host after an event or a batch of events; the same shape as
/// <see cref="Raft.RaftOutput"/>. The host carries it out in this order:
/// <list type="number">
/// <item>send <see cref="Messages"/>, at once;</item>
/// <item>append <see cref="Records"/> to stable storage as one batch; after its flush call <see cref="PaxosNode.Written"/>
/// with <see cref="Mark"/> and send <see cref="MessagesOnceDurable"/>. Batches are flushed in the order they were taken, and
/// without records the messages still wait for all earlier batches;</item>
/// <item>use <see cref="Chosen"/>.</item>
/// </list>
/// A message to the member itself is handed back to it, when it would be sent.
/// </summary>
public sealed class PaxosOutput
{
    /// <summary>Messages that promise nothing that is not yet durable.</summary>
    public List<PaxosMessage> Messages { get; } = [];

    /// <summary>Messages that promise what this batch, or an earlier one, writes.</summary>
    public List<PaxosMessage> MessagesOnceDurable { get; } = [];

    /// <summary>To be written and flushed.</summary>
    public List<StableRecord> Records { get; } = [];

    /// <summary>What is durable once this batch is: the last round that may be used.</summary>
    public long Mark { get; internal set; }

    /// <summary>Values newly known to be chosen, in order of instance and without a gap.</summary>
    public List<(long Instance, Value Value)> Chosen { get; } = [];

    /// <summary>Whether there is nothing to do at all.</summary>
    public bool IsEmpty => Messages.Count == 0 && MessagesOnceDurable.Count == 0 && Records.Count == 0 && Chosen.Count == 0;
}
