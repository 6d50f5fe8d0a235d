using Microsoft.AspNetCore.Http;
using Quorate.Grpc.Protocol;

namespace Quorate.Grpc.Server;

/// <summary>
/// Tells a gRPC call from any other request, before anything is read of it. That the route takes POST only
/// is the router's work. Like grpc-go, it does not insist on <c>te: trailers</c>, which says something of
/// proxies and nothing of the caller.
/// </summary>
internal static class RequestCheck
{
    /// <summary>False if the request is none; its response says why then.</summary>
    public static bool IsGrpcCall(HttpContext http)
    {
        if (!HttpProtocol.IsHttp2(http.Request.Protocol) && !HttpProtocol.IsHttp3(http.Request.Protocol))
        {
            http.Response.StatusCode = StatusCodes.Status505HttpVersionNotsupported;
            return false;
        }

        if (!GrpcHeaders.IsGrpcContentType(http.Request.ContentType))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return false;
        }

        return true;
    }

    /// <summary>What every answer to a gRPC call begins with.</summary>
    public static void BeginResponse(HttpContext http)
    {
        http.Response.ContentType = GrpcHeaders.ContentType;
        http.Response.Headers[GrpcHeaders.AcceptEncoding] = GrpcHeaders.AcceptedEncodings;
    }
}
