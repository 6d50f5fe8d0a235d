using Quorate.Paxos.Messages;
using Quorate.Paxos.Records;

namespace Quorate.Paxos;

/// <content>What leaves, and when: durable before promised.</content>
public sealed partial class PaxosNode
{
    /// <summary>Chosen values that wait for a batch to go along with are at most so many; then they make a batch.</summary>
    private const int RecordsLaterMax = 256;

    private readonly List<StableRecord> _recordsLater = [];
    private PaxosOutput _pending = new();
    private long _durableRounds;

    /// <summary>Whether <see cref="TakeOutput"/> would give anything to do.</summary>
    public bool HasOutput => !_pending.IsEmpty || _recordsLater.Count >= RecordsLaterMax;

    /// <summary>What there is to do since the last call.</summary>
    public PaxosOutput TakeOutput()
    {
        PaxosOutput output = _pending;
        _pending = new PaxosOutput();
        if (output.Records.Count > 0 || _recordsLater.Count >= RecordsLaterMax)
        {
            output.Records.AddRange(_recordsLater);
            _recordsLater.Clear();
        }

        output.Mark = RoundsReserved;
        return output;
    }

    /// <summary>A batch of records is durable.</summary>
    /// <param name="mark">Its <see cref="PaxosOutput.Mark"/>.</param>
    public void Written(long mark) => _durableRounds = Math.Max(_durableRounds, mark);

    private void Send(PaxosMessage message) => _pending.Messages.Add(message);

    private void SendOnceDurable(PaxosMessage message) => _pending.MessagesOnceDurable.Add(message);

    private void Write(StableRecord record) => _pending.Records.Add(record);

    /// <summary>Writes it beside what must be written, and never flushes for it alone: nothing depends on it.</summary>
    private void WriteLater(ChosenRecord record) => _recordsLater.Add(record);
}
