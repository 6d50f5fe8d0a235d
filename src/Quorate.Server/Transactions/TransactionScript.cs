using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Quorate.Client;
using Quorate.Etcd.Protocol;
using Quorate.Server.CommandLine;

namespace Quorate.Server.Transactions;

/// <summary>
/// Reads a transaction as <c>etcdctl txn</c> takes it: three blocks of lines, each ended by an empty line or the end:
/// compares, operations if all hold, operations otherwise.
/// <code>
/// version("lock") = "0"
///
/// put lock mine
///
/// get lock
/// </code>
/// </summary>
internal static partial class TransactionScript
{
    /// <summary>Reads a transaction.</summary>
    /// <exception cref="FormatException">Names the line and what is wrong with it.</exception>
    public static TxnRequest Parse(TextReader script)
    {
        var transaction = new TxnRequest();
        Action<string>[] blocks =
        [
            line => transaction.Compare.Add(ParseCompare(line)),
            line => transaction.Success.Add(ParseOperation(line)),
            line => transaction.Failure.Add(ParseOperation(line)),
        ];
        int block = 0;
        int number = 0;
        while (script.ReadLine() is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                block++;
                continue;
            }

            if (block >= blocks.Length)
            {
                throw new FormatException($"line {number}: '{line}' comes after the third block; a transaction has compares, operations if they hold, and operations otherwise");
            }

            try
            {
                blocks[block](line.Trim());
            }
            catch (FormatException e)
            {
                throw new FormatException($"line {number}: {e.Message}", e);
            }
        }

        return transaction;
    }

    private static Compare ParseCompare(string line)
    {
        Match match = CompareLine().Match(line);
        if (!match.Success)
        {
            throw new FormatException($"'{line}' is no compare; one looks like: value(\"key\") = \"text\", or version(\"key\") > \"0\"");
        }

        string operand = Unquote(match.Groups["operand"].Value);
        var compare = new Compare
        {
            Key = RawText.Encode(Unquote(match.Groups["key"].Value)),
            Result = match.Groups["operator"].Value switch
            {
                "=" => Compare.Types.CompareResult.Equal,
                "!=" => Compare.Types.CompareResult.NotEqual,
                ">" => Compare.Types.CompareResult.Greater,
                _ => Compare.Types.CompareResult.Less,
            },
        };
        switch (match.Groups["target"].Value)
        {
            case "value" or "val":
                compare.Target = Compare.Types.CompareTarget.Value;
                compare.Value = RawText.Encode(operand);
                break;
            case "version" or "ver":
                compare.Target = Compare.Types.CompareTarget.Version;
                compare.Version = Number(operand);
                break;
            case "create" or "c":
                compare.Target = Compare.Types.CompareTarget.Create;
                compare.CreateRevision = Number(operand);
                break;
            case "mod" or "m":
                compare.Target = Compare.Types.CompareTarget.Mod;
                compare.ModRevision = Number(operand);
                break;
            case "lease":
                compare.Target = Compare.Types.CompareTarget.Lease;
                compare.Lease = Number(operand);
                break;
            case var other:
                throw new FormatException($"'{other}' cannot be compared; there are value, version, create, mod and lease");
        }

        return compare;
    }

    private static RequestOp ParseOperation(string line)
    {
        string[] words = [.. CommandLineParser.SplitCommandLine(line)];
        bool prefix = words.Contains("--prefix");
        string[] rest = [.. words.Where(word => word != "--prefix")];
        if (rest.FirstOrDefault(word => word.StartsWith("--", StringComparison.Ordinal)) is { } unknown && rest[0] != "put")
        {
            throw new FormatException($"'{unknown}' is not known here; there is --prefix, for get and del");
        }

        return rest switch
        {
            ["put", var key, var value] => new RequestOp { RequestPut = new PutRequest { Key = RawText.Encode(key), Value = RawText.Encode(value) } },
            ["get", var key] => new RequestOp { RequestRange = new RangeRequest { Key = RawText.Encode(key), RangeEnd = End(key, prefix) } },
            ["del", var key] => new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = RawText.Encode(key), RangeEnd = End(key, prefix) } },
            _ => throw new FormatException($"'{line}' is no operation; there are: put KEY VALUE, get KEY [--prefix], del KEY [--prefix]"),
        };
    }

    private static ByteString End(string key, bool prefix) =>
        prefix ? KeyRange.EndOfPrefix(RawText.Encode(key)) : ByteString.Empty;

    private static long Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new FormatException($"'{text}' is not a whole number");

    private static string Unquote(string text) =>
        text.Length >= 2 && text[0] == '"' && text[^1] == '"' ? text[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal) : text;

    [GeneratedRegex("""^(?<target>\w+)\s*\(\s*(?<key>"(?:[^"\\]|\\.)*"|[^\s()"]+)\s*\)\s*(?<operator>!=|=|>|<)\s*(?<operand>"(?:[^"\\]|\\.)*"|\S+)$""")]
    private static partial Regex CompareLine();
}
