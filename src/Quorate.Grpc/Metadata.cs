using System.Collections;

namespace Quorate.Grpc;

/// <summary>
/// Named values that travel beside the messages: headers before them, trailers after them.
/// A name that ends in <c>-bin</c> carries bytes, any other carries printable ASCII.
/// </summary>
public sealed class Metadata : IReadOnlyList<Metadata.Entry>
{
    /// <summary>How the name of an entry that carries bytes ends.</summary>
    public const string BinaryHeaderSuffix = "-bin";

    /// <summary>No entries, and none can be added.</summary>
    public static readonly Metadata Empty = new(isReadOnly: true);

    private readonly List<Entry> _entries = [];
    private readonly bool _isReadOnly;

    /// <summary>Makes an empty list of entries.</summary>
    public Metadata()
    {
    }

    private Metadata(bool isReadOnly) => _isReadOnly = isReadOnly;

    /// <inheritdoc/>
    public int Count => _entries.Count;

    /// <inheritdoc/>
    public Entry this[int index] => _entries[index];

    /// <summary>Adds an entry.</summary>
    public void Add(Entry item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (_isReadOnly)
        {
            throw new InvalidOperationException("This metadata is read-only.");
        }

        _entries.Add(item);
    }

    /// <summary>Adds a text under a name.</summary>
    public void Add(string key, string value) => Add(new Entry(key, value));

    /// <summary>Adds bytes under a name that ends in <c>-bin</c>.</summary>
    public void Add(string key, byte[] valueBytes) => Add(new Entry(key, valueBytes));

    /// <summary>The last text under the name, or null.</summary>
    public string? GetValue(string key) => Find(key)?.Value;

    /// <summary>The last bytes under the name, or null.</summary>
    public byte[]? GetValueBytes(string key) => Find(key)?.ValueBytes;

    /// <inheritdoc/>
    public IEnumerator<Entry> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private Entry? Find(string key)
    {
        for (int i = _entries.Count - 1; i >= 0; i--)
        {
            if (string.Equals(_entries[i].Key, key, StringComparison.OrdinalIgnoreCase))
            {
                return _entries[i];
            }
        }

        return null;
    }

    /// <summary>One name with its text or its bytes.</summary>
    public sealed class Entry
    {
        private readonly string? _text;
        private readonly byte[]? _bytes;

        /// <summary>Makes an entry that carries a text.</summary>
        public Entry(string key, string value)
        {
            Key = Normalize(key);
            ArgumentNullException.ThrowIfNull(value);
            if (IsBinary)
            {
                throw new ArgumentException("A name that ends in -bin carries bytes, not a text.", nameof(key));
            }

            foreach (char c in value)
            {
                if (c is < ' ' or > '~')
                {
                    throw new ArgumentException($"The value of '{key}' holds a character that a header cannot carry; use a name ending in -bin.", nameof(value));
                }
            }

            _text = value;
        }

        /// <summary>Makes an entry that carries bytes.</summary>
        public Entry(string key, byte[] valueBytes)
        {
            Key = Normalize(key);
            ArgumentNullException.ThrowIfNull(valueBytes);
            if (!IsBinary)
            {
                throw new ArgumentException("The name of an entry that carries bytes ends in -bin.", nameof(key));
            }

            _bytes = valueBytes;
        }

        /// <summary>The name, in lower case.</summary>
        public string Key { get; }

        /// <summary>Whether the entry carries bytes.</summary>
        public bool IsBinary => Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        /// <summary>The text.</summary>
        public string Value => _text ?? throw new InvalidOperationException($"'{Key}' carries bytes.");

        /// <summary>The bytes.</summary>
        public byte[] ValueBytes => _bytes ?? throw new InvalidOperationException($"'{Key}' carries a text.");

        private static string Normalize(string key)
        {
            ArgumentException.ThrowIfNullOrEmpty(key);
            string lower = key.ToLowerInvariant();
            foreach (char c in lower)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
                {
                    throw new ArgumentException($"'{key}' is not a name that a header can have.", nameof(key));
                }
            }

            return lower;
        }
    }
}
