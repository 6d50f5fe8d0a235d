using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Quorate.Grpc.Server;

/// <summary>Answers calls of what is not here: a status in the headers, and nothing else.</summary>
internal sealed class UnimplementedCalls(Func<HttpContext, string> describe, bool isCatchAll = false)
{
    public Task HandleAsync(HttpContext http)
    {
        if (!RequestCheck.IsGrpcCall(http))
        {
            if (isCatchAll)
            {
                http.Response.StatusCode = StatusCodes.Status404NotFound;
            }

            return Task.CompletedTask;
        }

        RequestCheck.BeginResponse(http);
        string path = http.Request.Path.Value ?? "";
        using var call = new HttpServerCallContext(http, GrpcCallFormat.Instance, path, timeout: null, NullLogger.Instance);
        call.TryFinish(new Status(StatusCode.Unimplemented, describe(http)));
        return Task.CompletedTask;
    }
}
