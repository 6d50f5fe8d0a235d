using System.Security.Cryptography;
using Quorate.Grpc;

namespace Quorate.Client;

/// <summary>Holds a channel to every endpoint. All calls stay with one until it fails; then they go to the next.</summary>
internal sealed class EndpointBalancer : IDisposable
{
    private readonly GrpcChannel[] _channels;
    private readonly bool[] _answers;
    private int _current;

    public EndpointBalancer(IReadOnlyList<Uri> endpoints, GrpcChannelOptions options, bool startAnywhere)
    {
        _current = startAnywhere ? RandomNumberGenerator.GetInt32(endpoints.Count) : 0;
        _channels = new GrpcChannel[endpoints.Count];
        _answers = new bool[endpoints.Count];
        for (int i = 0; i < _channels.Length; i++)
        {
            _channels[i] = new GrpcChannel(endpoints[i], options);
        }
    }

    public int Count => _channels.Length;

    /// <summary>Which endpoint is asked now.</summary>
    public int Current => Volatile.Read(ref _current);

    public GrpcChannel this[int index] => _channels[index];

    /// <summary>Turns away from an endpoint that failed, unless someone else has done so already.</summary>
    public void MoveOnFrom(int failed) => Interlocked.CompareExchange(ref _current, (failed + 1) % _channels.Length, failed);

    /// <summary>Turns to an endpoint that was found to answer, if it is still <paramref name="from"/> that is asked.</summary>
    public void MoveOn(int from, int to) => Interlocked.CompareExchange(ref _current, to, from);

    /// <summary>Whether the last that was heard of an endpoint was an answer.</summary>
    public bool Answers(int index) => Volatile.Read(ref _answers[index]);

    /// <summary>Keeps whether an endpoint has answered.</summary>
    public void Heard(int index, bool hasAnswered) => Volatile.Write(ref _answers[index], hasAnswered);

    /// <summary>The place of an endpoint in the list; -1 if it is none of them.</summary>
    public int IndexOf(Uri endpoint)
    {
        for (int i = 0; i < _channels.Length; i++)
        {
            if (_channels[i].Address == endpoint)
            {
                return i;
            }
        }

        return -1;
    }

    public void Dispose()
    {
        foreach (GrpcChannel channel in _channels)
        {
            channel.Dispose();
        }
    }
}
