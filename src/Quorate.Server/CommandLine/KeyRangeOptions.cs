using System.CommandLine;
using Google.Protobuf;
using Quorate.Client;

namespace Quorate.Server.CommandLine;

/// <summary>The key that a command is about, or the range of keys that begins with it.</summary>
internal sealed class KeyRangeOptions
{
    private readonly Argument<string> _key = new("key") { Description = "The key." };
    private readonly Argument<string?> _end = new("end") { Description = "First key beyond the range, where a range is meant.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> _prefix = new("--prefix") { Description = "All keys that begin with the key." };
    private readonly Option<bool> _fromKey = new("--from-key") { Description = "All keys from the key on." };

    public KeyRangeOptions(Command command)
    {
        command.Add(_key);
        command.Add(_end);
        command.Add(_prefix);
        command.Add(_fromKey);
    }

    /// <summary>Key and end of the range, as etcd's requests have them.</summary>
    /// <exception cref="ArgumentException">More than one kind of range is asked for.</exception>
    public (ByteString Key, ByteString RangeEnd) Read(ParseResult result)
    {
        ByteString key = RawText.Encode(result.GetValue(_key)!);
        string? end = result.GetValue(_end);
        bool prefix = result.GetValue(_prefix);
        bool fromKey = result.GetValue(_fromKey);
        if ((end is null ? 0 : 1) + (prefix ? 1 : 0) + (fromKey ? 1 : 0) > 1)
        {
            throw new ArgumentException("an end, --prefix and --from-key exclude each other; give one of them");
        }

        if (key.IsEmpty && (prefix || fromKey))
        {
            // Every key is meant; the smallest key there can be is one zero byte.
            return (ByteString.CopyFrom(0), ByteString.CopyFrom(0));
        }

        return (key, prefix ? KeyRange.EndOfPrefix(key) : fromKey ? ByteString.CopyFrom(0) : end is null ? ByteString.Empty : RawText.Encode(end));
    }
}
