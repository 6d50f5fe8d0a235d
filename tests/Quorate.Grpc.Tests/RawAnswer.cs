using System.Net;

namespace Quorate.Grpc.Tests;

/// <summary>What came back for a request, as it is.</summary>
public sealed record RawAnswer(HttpStatusCode HttpStatus, string? ContentType, StatusCode? Status, string Message, bool IsTrailersOnly, byte[] Body);
