using System.Buffers;
using Quorate.Etcd.Watches;
using Quorate.Grpc;

namespace Quorate.Server.Watches;

/// <summary>A response of a watch as gRPC sends it.</summary>
internal sealed class EncodedWatchResponse(WatchMessage message) : IEncodedMessage
{
    public WatchMessage Message => message;

    public int SizeBytes => message.SizeBytes;

    public void WriteTo(IBufferWriter<byte> output) => message.WriteTo(output);

    public void CopyTo(Span<byte> output) => message.CopyTo(output);
}
