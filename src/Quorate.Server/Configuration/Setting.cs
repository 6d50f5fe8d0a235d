namespace Quorate.Server.Configuration;

/// <summary>One setting as operators see it: a flag, an environment variable, a default.</summary>
/// <param name="Name">The flag without its dashes; etcd's own name where etcd has it.</param>
/// <param name="HelpName">What the value is, for the help text.</param>
/// <param name="Description">What it does, with unit and default.</param>
public sealed record Setting(string Name, string HelpName, string Description)
{
    /// <summary>The flag.</summary>
    public string Flag => "--" + Name;

    /// <summary>The variable that is read where the flag is not given.</summary>
    public string Variable => "QUORATE_" + Name.Replace('-', '_').ToUpperInvariant();

    /// <summary>The variable that is read where neither flag nor <see cref="Variable"/> is given.</summary>
    public string EtcdVariable => "ETCD_" + Name.Replace('-', '_').ToUpperInvariant();
}
