using System.Text;

namespace Quorate.KeyValue.Tests;

/// <summary>Short ways to write keys and values in tests.</summary>
internal static class Bytes
{
    public static ReadOnlyMemory<byte> Of(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    public static KeyRange Key(string key) => KeyRange.ForKey(Of(key));

    public static KeyRange Range(string start, string end) => new(Of(start), Of(end));

    public static KeyRange All => KeyRange.From(ReadOnlyMemory<byte>.Empty);

    public static StoreVersion Put(this KeyValueStore store, string key, string value, long lease = 0)
    {
        using WriteTransaction transaction = store.Begin();
        transaction.Put(Of(key), Of(value), lease);
        return transaction.Commit();
    }

    public static StoreVersion Delete(this KeyValueStore store, string key)
    {
        using WriteTransaction transaction = store.Begin();
        transaction.Delete(Key(key));
        return transaction.Commit();
    }

    /// <summary>The records as "key=value", parted by blanks.</summary>
    public static string Show(this RangeResult result) =>
        string.Join(' ', result.Records.Select(record => $"{Text(record.Key)}={Text(record.Value)}"));

    public static byte[] Snapshot(this StoreVersion version)
    {
        using var bytes = new MemoryStream();
        foreach (ReadOnlyMemory<byte> piece in version.WriteSnapshot())
        {
            bytes.Write(piece.Span);
        }

        return bytes.ToArray();
    }

    public static KeyValueStore Reload(byte[] snapshot)
    {
        var store = new KeyValueStore();
        store.Load(new MemoryStream(snapshot));
        return store;
    }
}
