namespace Quorate.Grpc.Json;

/// <summary>What is wrong with JSON that came in, and where.</summary>
internal static class JsonRequestErrors
{
    public static RpcException NoObject(byte found) =>
        Error($"invalid JSON: a request is an object and begins with '{{', not with {Describe(found)}");

    public static RpcException TooDeep(int depthMax) => Error($"invalid JSON: objects and arrays are nested more than {depthMax} deep");

    public static RpcException CutOff() => Error("invalid JSON: unexpected end of the body inside an object");

    public static RpcException MoreThanOneObject() => Error("invalid JSON: something follows the one object of this request");

    /// <summary>Line and byte count from one.</summary>
    public static RpcException Malformed(long line, long bytePosition, string what) =>
        Error($"invalid JSON at line {line}, byte {bytePosition}: {what}");

    /// <summary>The byte counts from one, from the beginning of the object.</summary>
    public static RpcException NotText(long bytePosition, string what) => Error($"invalid JSON at byte {bytePosition}: {what}");

    public static RpcException TwiceTheSame(string field) => Error($"invalid JSON: field \"{field}\" is given twice");

    public static RpcException WrongValue(string? path, string what) =>
        Error(path is null ? $"invalid value: {what}" : $"invalid value of \"{path}\": {what}");

    private static string Describe(byte found) => found is > (byte)' ' and < 0x7f ? $"'{(char)found}'" : $"byte 0x{found:x2}";

    private static RpcException Error(string detail) => new(new Status(StatusCode.InvalidArgument, detail));
}
