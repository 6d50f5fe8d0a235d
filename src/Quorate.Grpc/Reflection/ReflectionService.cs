using Google.Protobuf.Reflection;
using Quorate.Grpc.Reflection.V1;
using Asked = Quorate.Grpc.Reflection.V1.ServerReflectionRequest.MessageRequestOneofCase;

namespace Quorate.Grpc.Reflection;

/// <summary>The service <c>grpc.reflection.v1.ServerReflection</c>.</summary>
internal sealed class ReflectionService(DescriptorIndex index)
{
    public async Task ServerReflectionInfo(
        IAsyncStreamReader<ServerReflectionRequest> requests, IServerStreamWriter<ServerReflectionResponse> responses, ServerCallContext context)
    {
        var sent = new HashSet<string>(StringComparer.Ordinal);
        while (await requests.MoveNext(context.CancellationToken).ConfigureAwait(false))
        {
            await responses.WriteAsync(Answer(requests.Current, sent), context.CancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Answers one question of a stream on which the files in <paramref name="sent"/> have been sent.</summary>
    public ServerReflectionResponse Answer(ServerReflectionRequest request, HashSet<string> sent)
    {
        var response = new ServerReflectionResponse { ValidHost = request.Host, OriginalRequest = request };
        switch (request.MessageRequestCase)
        {
            case Asked.ListServices:
                response.ListServicesResponse = new ListServiceResponse { Service = { index.ServiceNames.Select(name => new ServiceResponse { Name = name }) } };
                break;
            case Asked.FileByFilename:
                AnswerFile(response, index.FileOf(request.FileByFilename), $"file not found: {request.FileByFilename}", sent);
                break;
            case Asked.FileContainingSymbol:
                AnswerFile(response, index.FileOfSymbol(request.FileContainingSymbol), $"symbol not found: {request.FileContainingSymbol}", sent);
                break;
            case Asked.FileContainingExtension:
                ExtensionRequest extension = request.FileContainingExtension;
                AnswerFile(
                    response,
                    index.FileOfExtension(extension.ContainingType, extension.ExtensionNumber),
                    $"extension not found: {extension.ExtensionNumber} of {extension.ContainingType}",
                    sent);
                break;
            case Asked.AllExtensionNumbersOfType when index.ExtensionsOf(request.AllExtensionNumbersOfType) is { } numbers:
                response.AllExtensionNumbersResponse = new ExtensionNumberResponse { BaseTypeName = request.AllExtensionNumbersOfType, ExtensionNumber = { numbers } };
                break;
            case Asked.AllExtensionNumbersOfType:
                response.ErrorResponse = Error(StatusCode.NotFound, $"type not found: {request.AllExtensionNumbersOfType}");
                break;
            default:
                response.ErrorResponse = Error(StatusCode.InvalidArgument, "the request asks nothing");
                break;
        }

        return response;
    }

    private static void AnswerFile(ServerReflectionResponse response, FileDescriptor? file, string notFound, HashSet<string> sent)
    {
        if (file is null)
        {
            response.ErrorResponse = Error(StatusCode.NotFound, notFound);
            return;
        }

        // What was asked for is sent even if it was before; what it needs, only once a stream.
        sent.Add(file.Name);
        var files = new FileDescriptorResponse { FileDescriptorProto = { file.SerializedData } };
        AddDependencies(files, file, sent);
        response.FileDescriptorResponse = files;
    }

    private static void AddDependencies(FileDescriptorResponse files, FileDescriptor file, HashSet<string> sent)
    {
        foreach (FileDescriptor dependency in file.Dependencies)
        {
            if (sent.Add(dependency.Name))
            {
                files.FileDescriptorProto.Add(dependency.SerializedData);
                AddDependencies(files, dependency, sent);
            }
        }
    }

    private static ErrorResponse Error(StatusCode code, string message) => new() { ErrorCode = (int)code, ErrorMessage = message };
}
