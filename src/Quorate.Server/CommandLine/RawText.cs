using System.Buffers;
using System.Text;
using Google.Protobuf;

namespace Quorate.Server.CommandLine;

/// <summary>
/// Text that stands for any bytes, so that keys and values which are not UTF-8 pass through parsers of text unharmed:
/// a byte b that belongs to no character is the lone surrogate U+DC00 + b, which no UTF-8 decodes to.
/// </summary>
internal static class RawText
{
    private const int FirstEscape = 0xdc80;
    private const int LastEscape = 0xdcff;
    private const char Replacement = '\ufffd';

    /// <summary>The text of any bytes.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        Span<char> characters = stackalloc char[2];
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int consumed) == OperationStatus.Done)
            {
                text.Append(characters[..rune.EncodeToUtf16(characters)]);
            }
            else
            {
                foreach (byte stray in bytes[..consumed])
                {
                    text.Append((char)(0xdc00 + stray));
                }
            }

            bytes = bytes[consumed..];
        }

        return text.ToString();
    }

    /// <summary>The bytes of a text.</summary>
    public static ByteString Encode(string text)
    {
        var bytes = new ArrayBufferWriter<byte>(text.Length + 16);
        int plain = 0;
        for (int i = 0; i < text.Length; i++)
        {
            bool isEscape = text[i] is >= (char)FirstEscape and <= (char)LastEscape && (i == 0 || !char.IsHighSurrogate(text[i - 1]));
            if (isEscape)
            {
                Encoding.UTF8.GetBytes(text.AsSpan(plain, i - plain), bytes);
                bytes.Write([(byte)(text[i] - 0xdc00)]);
                plain = i + 1;
            }
        }

        Encoding.UTF8.GetBytes(text.AsSpan(plain), bytes);
        return ByteString.CopyFrom(bytes.WrittenSpan);
    }

    /// <summary>
    /// The arguments of this process with all their bytes. The runtime decodes them as UTF-8 and puts U+FFFD for what is
    /// not; Linux tells what they were.
    /// </summary>
    /// <exception cref="FormatException">An argument has lost bytes, and this system does not tell them.</exception>
    public static string[] ReadArguments(string[] arguments)
    {
        if (!Array.Exists(arguments, HasReplacement))
        {
            return arguments;
        }

        string[]? raw = OperatingSystem.IsLinux() ? Match(File.ReadAllBytes("/proc/self/cmdline"), arguments) : null;
        return raw ?? throw new FormatException(
            "an argument is not valid UTF-8, and this system does not tell its bytes; give the value on standard input, or the record to import as base64");
    }

    /// <summary>The arguments from the end of a command line whose parts are ended by zeros; null if they are not those.</summary>
    internal static string[]? Match(ReadOnlySpan<byte> commandLine, string[] arguments)
    {
        List<byte[]> parts = [];
        while (commandLine.IndexOf((byte)0) is >= 0 and var end)
        {
            parts.Add(commandLine[..end].ToArray());
            commandLine = commandLine[(end + 1)..];
        }

        byte[][] last = [.. parts.TakeLast(arguments.Length)];
        bool areThose = last.Select(Encoding.UTF8.GetString).SequenceEqual(arguments, StringComparer.Ordinal);
        return areThose ? [.. last.Select(bytes => Decode(bytes))] : null;
    }

    private static bool HasReplacement(string argument) => argument.Contains(Replacement, StringComparison.Ordinal);
}
