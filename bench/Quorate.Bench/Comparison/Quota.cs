namespace Quorate.Bench.Comparison;

/// <summary>A quota that none of the measurements reaches.</summary>
internal static class Quota
{
    /// <summary>8 GiB.</summary>
    public const string Text = "8589934592";
}
