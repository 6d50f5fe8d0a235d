namespace Quorate.Server.Configuration;

/// <summary>Settings that cannot work, all of them at once.</summary>
public sealed class SettingsException(IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    /// <summary>One line a problem: where it was set, what is wrong, what would work.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
