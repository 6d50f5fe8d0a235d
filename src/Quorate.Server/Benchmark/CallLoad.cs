using System.Diagnostics;
using System.Net;

namespace Quorate.Server.Benchmark;

/// <summary>Clients that each make one unary call after the other, all on one connection.</summary>
internal sealed class CallLoad : LoadConnection
{
    private readonly RequestTemplate _template;
    private readonly byte[] _message;
    private readonly Random _random;
    private readonly KeySequence? _sequence;
    private readonly int _clients;
    private readonly int _keys;
    private readonly LoadClock _clock;
    private readonly Dictionary<int, OpenCall> _calls = [];
    private int _waiting; // clients whose request the server has no window for

    /// <param name="endPoint">The member to ask.</param>
    /// <param name="template">What is asked.</param>
    /// <param name="clients">How many calls are always under way.</param>
    /// <param name="keys">Keys are drawn from so many.</param>
    /// <param name="seed">Of the keys.</param>
    /// <param name="clock">When to count, and when to end.</param>
    /// <param name="sequence">Of which the keys are taken in turn; null to draw them.</param>
    public CallLoad(EndPoint endPoint, RequestTemplate template, int clients, int keys, int seed, LoadClock clock, KeySequence? sequence = null)
        : base(endPoint, template.Path)
    {
        _template = template;
        _clients = clients;
        _keys = keys;
        _clock = clock;
        _random = new Random(seed);
        _sequence = sequence;
        _message = new byte[template.Bytes];
    }

    /// <summary>How long the calls took that began and ended while it counted.</summary>
    public LatencyHistogram Latencies { get; } = new();

    /// <summary>Calls that were answered, whether or not they count.</summary>
    public long Answers { get; private set; }

    /// <summary>Calls that ended without an answer.</summary>
    public long Failures { get; private set; }

    /// <summary>Why the first of them did.</summary>
    public string? FirstFailure { get; private set; }

    /// <inheritdoc/>
    protected override bool IsOver => _calls.Count == 0 && _clock.IsOver && (_waiting == 0 || _clock.IsTimeUp);

    /// <inheritdoc/>
    protected override void Begin()
    {
        if (_template.Bytes > StreamWindowBytes)
        {
            throw new IOException($"a request of {_template.Bytes} bytes does not fit into the {StreamWindowBytes} that the server takes at once; make the values smaller");
        }

        for (int i = 0; i < _clients && _clock.TryBegin(); i++)
        {
            Call();
        }
    }

    /// <inheritdoc/>
    protected override void Received(int stream, ReadOnlySpan<byte> data)
    {
        if (_calls.TryGetValue(stream, out OpenCall call) && !call.HasAnswer)
        {
            _calls[stream] = call with { HasAnswer = true };
        }
    }

    /// <inheritdoc/>
    protected override void Ended(int stream, string reason)
    {
        if (!_calls.Remove(stream, out OpenCall call))
        {
            return;
        }

        if (!call.HasAnswer)
        {
            Failures++;
            FirstFailure ??= reason;
        }
        else
        {
            Answers++;
            if (_clock.IsCounting(call.Began))
            {
                Latencies.Add(Stopwatch.GetElapsedTime(call.Began));
            }
        }

        if (_clock.TryBegin())
        {
            Call();
        }
    }

    /// <inheritdoc/>
    protected override void CanSend()
    {
        for (int waiting = _waiting; waiting > 0 && MaySend(_template.Bytes); waiting--)
        {
            _waiting--;
            Call();
        }
    }

    private void Call()
    {
        if (!MaySend(_template.Bytes))
        {
            _waiting++;
            return;
        }

        _template.Write(_message, _sequence?.Next() ?? _random.Next(_keys));
        Open(_message, isLastMessage: true, out int stream);
        _calls.Add(stream, new OpenCall(Stopwatch.GetTimestamp(), HasAnswer: false));
    }

    private readonly record struct OpenCall(long Began, bool HasAnswer);
}
