namespace Quorate.Server.CommandLine;

/// <summary>Brings the forms that etcd's operators are used to into ours.</summary>
internal static class Arguments
{
    /// <summary>
    /// <c>quorate --name …</c> means <c>quorate serve --name …</c>, and with <c>serve</c> a flag may have one dash, as
    /// etcd takes it.
    /// </summary>
    public static string[] Normalize(string[] arguments)
    {
        if (arguments.Length > 0 && arguments[0].StartsWith('-') && !IsOfRoot(arguments[0]))
        {
            arguments = ["serve", .. arguments];
        }

        return arguments is ["serve", ..] ? [.. arguments.Select(TwoDashes)] : arguments;
    }

    private static bool IsOfRoot(string argument) => argument is "-h" or "-?" or "--help" or "--version";

    private static string TwoDashes(string argument) =>
        argument.Length > 2 && argument[0] == '-' && char.IsAsciiLetter(argument[1]) ? "-" + argument : argument;
}
