using System.CommandLine;
using System.CommandLine.Parsing;

namespace Quorate.Server.CommandLine;

/// <summary>
/// What is wrong with a command line, in the terms of who typed it: the parser names types of .NET and speaks in several
/// lines; who calls wants to know what is accepted.
/// </summary>
internal static class ParseProblems
{
    private const string ExpectedType = " as expected type '";

    /// <summary>One line for each.</summary>
    public static IEnumerable<string> Find(ParseResult parsed) => parsed.Errors.Select(Describe).Distinct();

    /// <summary>The names that an option or argument of this type accepts, as they are typed; none where it accepts other things.</summary>
    public static IEnumerable<string> ChoicesOf(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsEnum ? Enum.GetNames(type).Select(name => name.ToLowerInvariant()) : [];
    }

    private static string Describe(ParseError error)
    {
        int type = error.Message.IndexOf(ExpectedType, StringComparison.Ordinal);
        string text = type < 0 ? error.Message : $"{error.Message[..type]} as {Accepted(TypeOf(error.SymbolResult))}.";
        return text.ReplaceLineEndings(" ").Replace("\t", string.Empty, StringComparison.Ordinal).Trim();
    }

    private static Type? TypeOf(SymbolResult? symbol) => symbol switch
    {
        OptionResult option => option.Option.ValueType,
        ArgumentResult argument => argument.Argument.ValueType,
        _ => null,
    };

    private static string Accepted(Type? type)
    {
        type = type is null ? typeof(string) : Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            { IsEnum: true } => $"one of {string.Join(", ", ChoicesOf(type))}",
            _ when type == typeof(int) || type == typeof(long) => "a whole number",
            _ when type == typeof(ulong) => "a whole number from 0 on",
            _ when type == typeof(double) => "a number",
            _ when type == typeof(bool) => "true or false",
            _ => "what is meant there",
        };
    }
}
