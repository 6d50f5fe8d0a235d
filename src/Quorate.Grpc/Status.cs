namespace Quorate.Grpc;

/// <summary>The outcome of a call: a code, and a text for people.</summary>
public readonly record struct Status
{
    /// <summary>Success without a text.</summary>
    public static readonly Status DefaultSuccess = new(StatusCode.OK, "");

    /// <summary>Cancelled without a text.</summary>
    public static readonly Status DefaultCancelled = new(StatusCode.Cancelled, "");

    private readonly string? _detail;

    /// <summary>Makes a status of a code and a text.</summary>
    public Status(StatusCode statusCode, string detail)
    {
        StatusCode = statusCode;
        _detail = detail;
    }

    /// <summary>The code.</summary>
    public StatusCode StatusCode { get; }

    /// <summary>The text that goes with it; never null.</summary>
    public string Detail => _detail ?? "";

    /// <inheritdoc/>
    public override string ToString() => $"{StatusCode}: {Detail}";
}
