using Quorate.Raft.Messages;

namespace Quorate.Raft.Tests.Harness;

/// <summary>The links between the servers. Nothing moves unless it is asked for, and the seed decides everything else.</summary>
public sealed class HarnessNetwork(SeededRandom random)
{
    private readonly List<Envelope> _inFlight = [];
    private readonly HashSet<(MemberId From, MemberId To)> _cut = [];
    private long _sequence;

    /// <summary>Messages on their way, in the order they were sent.</summary>
    public IReadOnlyList<Envelope> InFlight => _inFlight;

    public NetworkWeather Weather { get; set; }

    public long NowTick { get; set; }

    /// <summary>Requests (not replies) sent since the start, also those that were lost.</summary>
    public long RequestsSent { get; private set; }

    /// <summary>Command bytes sent since the start.</summary>
    public long CommandBytesSent { get; private set; }

    public void Send(Message message)
    {
        if (message is AppendEntries or RequestVote or RequestPreVote or InstallSnapshot or TimeoutNow)
        {
            RequestsSent++;
        }

        if (message is AppendEntries append)
        {
            foreach (Entry entry in append.Entries.Span)
            {
                CommandBytesSent += entry.Command.Length;
            }
        }

        if (IsCut(message.From, message.To) || Chance(Weather.DropPercent))
        {
            return;
        }

        Enqueue(message);
        if (Chance(Weather.DuplicatePercent))
        {
            Enqueue(message);
        }
    }

    /// <summary>Takes the first message on its way that fits.</summary>
    public Message? Take(Func<Message, bool> fits)
    {
        int at = _inFlight.FindIndex(envelope => fits(envelope.Message));
        return at < 0 ? null : TakeAt(at);
    }

    public Message TakeAt(int at)
    {
        Message message = _inFlight[at].Message;
        _inFlight.RemoveAt(at);
        return message;
    }

    /// <summary>Takes all messages that are due, in order of their time.</summary>
    public List<Envelope> TakeDue()
    {
        List<Envelope> due = [.. _inFlight.Where(envelope => envelope.DueTick <= NowTick)];
        if (due.Count > 0)
        {
            _inFlight.RemoveAll(envelope => envelope.DueTick <= NowTick);
        }

        // A stable sort: equal times keep the order of sending.
        return [.. due.OrderBy(envelope => envelope.DueTick).ThenBy(envelope => envelope.Sequence)];
    }

    /// <summary>Repeats a message that is on its way; the copy comes last.</summary>
    public void Duplicate(int at) => Enqueue(_inFlight[at].Message);

    /// <summary>Puts a message behind all others.</summary>
    public void MoveToEnd(int at)
    {
        Envelope envelope = _inFlight[at];
        _inFlight.RemoveAt(at);
        _inFlight.Add(envelope with { Sequence = _sequence++ });
    }

    /// <summary>Puts a message back on its way, as if it had been held up.</summary>
    public void Hold(Message message) => Enqueue(message);

    public int Drop(Func<Message, bool> fits) => _inFlight.RemoveAll(envelope => fits(envelope.Message));

    public bool IsCut(MemberId from, MemberId to) => _cut.Contains((from, to));

    /// <summary>Cuts one direction: what is on its way and what is sent later is lost.</summary>
    public void Cut(MemberId from, MemberId to)
    {
        _cut.Add((from, to));
        Drop(message => message.From == from && message.To == to);
    }

    public void Heal(MemberId from, MemberId to) => _cut.Remove((from, to));

    public void HealAll() => _cut.Clear();

    private void Enqueue(Message message)
    {
        long delay = Weather.DelayTicksMax == 0 ? 0 : random.Next(Weather.DelayTicksMax + 1);
        if (Chance(Weather.LongDelayPercent))
        {
            delay += Weather.LongDelayTicks;
        }

        _inFlight.Add(new Envelope(_sequence++, NowTick + delay, message));
    }

    private bool Chance(int percent) => percent > 0 && random.Next(100) < percent;
}
