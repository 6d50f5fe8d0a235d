using Quorate.Io;
using Quorate.Paxos;
using Quorate.Paxos.Messages;
using Quorate.Paxos.Records;

namespace Quorate.Simulation.Processes;

/// <summary>
/// A Paxos member as a process of the simulated world: the algorithm, its journal and its frames. It carries out a
/// <see cref="PaxosOutput"/> as a replica does a RaftOutput, on the same disk, lanes and network.
/// </summary>
public sealed class PaxosProcess : ISimulatedProcess
{
    /// <summary>
    /// Answers that may wait for the disk. Beyond, an acceptor hears no request any more, as if the network had lost it.
    /// </summary>
    public const int WaitingAnswersMax = 1024;

    private readonly IPeerNetwork _network;
    private readonly PaxosJournal _journal;

    private PaxosProcess(PaxosOptions options, IWorld world)
    {
        _network = world.Network;
        _journal = PaxosJournal.Open(world.Disk, world.LogLane, Fail, out IReadOnlyList<StableRecord> records);
        Algorithm = new PaxosNode(options, records);
    }

    /// <summary>The algorithm, to look at between two events.</summary>
    public PaxosNode Algorithm { get; }

    /// <inheritdoc/>
    public string? Failure { get; private set; }

    /// <inheritdoc/>
    public bool HasWork => Failure is null && Algorithm.HasOutput;

    /// <summary>Told of each value that is newly known to be chosen, in order of instance.</summary>
    public Action<long, Value>? Learnt { get; set; }

    /// <summary>Starts from what the disk holds. Blocks.</summary>
    /// <exception cref="IOException">The disk failed, or is damaged.</exception>
    public static PaxosProcess Open(PaxosOptions options, IWorld world)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(world);
        return new PaxosProcess(options with { Seed = world.Seed }, world);
    }

    /// <summary>A client proposes a value here. Returns false if it certainly was not taken.</summary>
    public bool Propose(Value value) => Failure is null && Algorithm.Propose(value);

    /// <inheritdoc/>
    public void Tick()
    {
        if (Failure is null)
        {
            Algorithm.Tick();
        }
    }

    /// <inheritdoc/>
    public void FrameReceived(ulong from, ReadOnlyMemory<byte> frame)
    {
        if (PaxosFrame.Decode(frame.Span) is { } message && message.From.Value == from)
        {
            TakeIn(message);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Nobody leads, so there is nobody to wait for whom a broken connection could spare the others.</remarks>
    public void ConnectionLost(ulong from)
    {
    }

    /// <inheritdoc/>
    public void Pump()
    {
        while (HasWork)
        {
            PaxosOutput output = Algorithm.TakeOutput();
            Send(output.Messages);
            if (output.Records.Count > 0 || output.MessagesOnceDurable.Count > 0)
            {
                _journal.Append(output.Records, () => Durable(output));
            }

            foreach ((long instance, Value value) in output.Chosen)
            {
                Learnt?.Invoke(instance, value);
            }
        }
    }

    private void Durable(PaxosOutput output)
    {
        Algorithm.Written(output.Mark);
        Send(output.MessagesOnceDurable);
    }

    private void Send(List<PaxosMessage> messages)
    {
        foreach (PaxosMessage message in messages)
        {
            if (message.To == Algorithm.Id)
            {
                TakeIn(message);
            }
            else
            {
                _network.Send(message.To.Value, PaxosFrame.Encode(message));
            }
        }
    }

    private void TakeIn(PaxosMessage message)
    {
        bool isForAcceptor = message is Prepare or Accept;
        if (Failure is null && !(isForAcceptor && _journal.WaitingCount >= WaitingAnswersMax))
        {
            Algorithm.Step(message);
        }
    }

    /// <summary>Nothing may be assumed of a disk that failed: the member stops, and says nothing more (spec S4).</summary>
    private void Fail(Exception error) => Failure = error.Message;
}
