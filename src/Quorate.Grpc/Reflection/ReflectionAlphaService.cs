using Google.Protobuf;
using Quorate.Grpc.Reflection.V1Alpha;

namespace Quorate.Grpc.Reflection;

/// <summary>The service <c>grpc.reflection.v1alpha.ServerReflection</c>: the same bytes as those of version 1, under another name.</summary>
internal sealed class ReflectionAlphaService(ReflectionService service)
{
    public async Task ServerReflectionInfo(
        IAsyncStreamReader<ServerReflectionRequest> requests, IServerStreamWriter<ServerReflectionResponse> responses, ServerCallContext context)
    {
        var sent = new HashSet<string>(StringComparer.Ordinal);
        while (await requests.MoveNext(context.CancellationToken).ConfigureAwait(false))
        {
            V1.ServerReflectionResponse answer = service.Answer(V1.ServerReflectionRequest.Parser.ParseFrom(requests.Current.ToByteString()), sent);
            await responses.WriteAsync(ServerReflectionResponse.Parser.ParseFrom(answer.ToByteString()), context.CancellationToken).ConfigureAwait(false);
        }
    }
}
