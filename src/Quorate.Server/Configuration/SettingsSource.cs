namespace Quorate.Server.Configuration;

/// <summary>Finds the text of a setting: the flag first, then our environment variable, then etcd's.</summary>
public sealed class SettingsSource
{
    private readonly Func<Setting, string?> _flag;
    private readonly Func<string, string?> _variable;

    /// <summary>Reads flags and variables through two functions that return null where there is none.</summary>
    public SettingsSource(Func<Setting, string?> flag, Func<string, string?> variable)
    {
        _flag = flag;
        _variable = variable;
    }

    /// <summary>The text of a setting where its flag is given, whatever the variables say.</summary>
    public SettingText? FindFlag(Setting setting) => _flag(setting) is { } text ? new SettingText(setting.Flag, text) : null;

    /// <summary>The text of a setting and where it stood; null where it is not given. An empty variable counts as not given.</summary>
    public SettingText? Find(Setting setting)
    {
        if (FindFlag(setting) is { } flag)
        {
            return flag;
        }

        foreach (string variable in (ReadOnlySpan<string>)[setting.Variable, setting.EtcdVariable])
        {
            if (_variable(variable) is { Length: > 0 } text)
            {
                return new SettingText(variable, text);
            }
        }

        return null;
    }
}
