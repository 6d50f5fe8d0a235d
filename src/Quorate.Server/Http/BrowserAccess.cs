using Quorate.Server.Services;

namespace Quorate.Server.Http;

/// <summary>
/// Lets the scripts of web pages call the JSON gateway (cross-origin resource sharing), as etcd does: every answer says who
/// may read it, and OPTIONS is answered for every path. It also takes the gateway's former paths for those of today.
/// </summary>
/// <param name="origins">The origins whose pages may; those of any origin if it holds <c>*</c> or nothing.</param>
internal sealed class BrowserAccess(IReadOnlyCollection<string> origins)
{
    private const string Everyone = "*";
    private const string Verbs = "POST, GET, OPTIONS, PUT, DELETE";
    private const string RequestHeaders = "accept, content-type, authorization";

    private static readonly PathString s_formerPrefix = EtcdJsonRoutes.FormerPrefix;

    private readonly bool _allowsAll = origins.Count == 0 || origins.Contains(Everyone);

    /// <summary>Goes before the routes.</summary>
    public Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) is true)
        {
            return next(http);
        }

        string? origin = http.Request.Headers.Origin;
        if (_allowsAll || (origin is not null && origins.Contains(origin)))
        {
            IHeaderDictionary headers = http.Response.Headers;
            headers.AccessControlAllowMethods = Verbs;
            headers.AccessControlAllowOrigin = _allowsAll ? Everyone : origin;
            headers.AccessControlAllowHeaders = RequestHeaders;
        }

        if (HttpMethods.IsOptions(http.Request.Method))
        {
            return Task.CompletedTask;
        }

        if (http.Request.Path.StartsWithSegments(s_formerPrefix, StringComparison.Ordinal, out PathString rest) && rest.HasValue)
        {
            http.Request.Path = new PathString(EtcdJsonRoutes.Prefix).Add(rest);
        }

        return next(http);
    }
}
