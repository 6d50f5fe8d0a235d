namespace Quorate.Server.Configuration;

/// <summary>The text of a setting as it was given.</summary>
/// <param name="Origin">The flag or variable it came from, for messages.</param>
/// <param name="Text">The text.</param>
public readonly record struct SettingText(string Origin, string Text);
