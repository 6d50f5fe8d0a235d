using System.CommandLine;
using System.CommandLine.Parsing;

namespace Quorate.Server.CommandLine;

/// <summary>
/// Finds misspelt options that were taken for arguments: <c>get key --prefixx</c> must not read a range that ends at
/// "--prefixx", nor <c>put key --vaule</c> write that.
/// </summary>
internal static class StrayOptions
{
    /// <summary>One line for each argument that begins with a dash and does not stand after <c>--</c>.</summary>
    public static IEnumerable<string> Find(ParseResult parsed)
    {
        IEnumerable<Token> beforeDoubleDash = parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash);
        var mayBeOptions = new HashSet<Token>(
            beforeDoubleDash.Where(token => token.Type == TokenType.Argument && token.Value.Length > 1 && token.Value[0] == '-'),
            ReferenceEqualityComparer.Instance);
        return parsed.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Where(mayBeOptions.Contains)
            .Select(token => $"'{token.Value}' is no option of '{parsed.CommandResult.Command.Name}'; an argument that begins with a dash stands after --");
    }
}
