using System.Diagnostics.Metrics;
using Google.Protobuf.Reflection;

namespace Quorate.Grpc.Server;

/// <summary>Counts the calls of one method. A call costs two increments; labels are made once, and read when somebody looks.</summary>
internal sealed class CallCounter
{
    private const int StatusCodes = (int)StatusCode.Unauthenticated + 1;

    private readonly KeyValuePair<string, object?>[] _labels;
    private readonly KeyValuePair<string, object?>[][] _labelsOfStatus = new KeyValuePair<string, object?>[StatusCodes][];
    private readonly long[] _handled = new long[StatusCodes];
    private long _started;

    public CallCounter(MethodDescriptor method)
    {
        _labels =
        [
            new("grpc_method", method.Name),
            new("grpc_service", method.Service.FullName),
            new("grpc_type", (method.IsClientStreaming, method.IsServerStreaming) switch
            {
                (false, false) => "unary",
                (false, true) => "server_stream",
                (true, false) => "client_stream",
                (true, true) => "bidi_stream",
            }),
        ];
        for (int code = 0; code < StatusCodes; code++)
        {
            _labelsOfStatus[code] = [new("grpc_code", ((StatusCode)code).ToString()), .. _labels];
        }
    }

    /// <summary>How many calls have begun.</summary>
    public Measurement<long> Started => new(Interlocked.Read(ref _started), _labels);

    /// <summary>How many have ended with each status that any ended with.</summary>
    public IEnumerable<Measurement<long>> Handled
    {
        get
        {
            for (int code = 0; code < StatusCodes; code++)
            {
                if (Interlocked.Read(ref _handled[code]) is > 0 and var count)
                {
                    yield return new Measurement<long>(count, _labelsOfStatus[code]);
                }
            }
        }
    }

    public void CountStarted() => Interlocked.Increment(ref _started);

    /// <summary>A status that gRPC does not know counts as an unknown one.</summary>
    public void CountHandled(StatusCode code) =>
        Interlocked.Increment(ref _handled[(uint)code < StatusCodes ? (int)code : (int)StatusCode.Unknown]);
}
