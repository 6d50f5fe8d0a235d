using System.Text.Json;

namespace Quorate.Grpc.Tests.Json;

public sealed record JsonError(string Error, string Message, int Code)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNameCaseInsensitive = true };

    public static JsonError Of(string body) => JsonSerializer.Deserialize<JsonError>(body, Options)!;
}
