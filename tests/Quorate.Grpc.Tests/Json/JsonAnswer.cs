using System.Net;

namespace Quorate.Grpc.Tests.Json;

public sealed record JsonAnswer(HttpStatusCode HttpStatus, string? ContentType, string Body, IReadOnlyDictionary<string, string> Headers);
