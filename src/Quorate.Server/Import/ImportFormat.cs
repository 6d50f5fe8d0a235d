namespace Quorate.Server.Import;

/// <summary>The forms an import file may have.</summary>
public enum ImportFormat
{
    /// <summary>By the file's first byte: '{' begins JSON lines.</summary>
    Detect,

    /// <summary>A line is a key, a tab, and a value, with \t, \n, \r and \\ escaped in both.</summary>
    KeyValueLines,

    /// <summary>A line is a JSON object with "key" and "value", or, for bytes that are not UTF-8, "key_base64" and "value_base64".</summary>
    JsonLines,
}
