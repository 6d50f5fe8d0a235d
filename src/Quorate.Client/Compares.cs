using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Target = Quorate.Etcd.Protocol.Compare.Types.CompareTarget;

namespace Quorate.Client;

/// <summary>What a transaction can ask of a key, or of every key of a range: <c>Compares.Version("a").GreaterThan(3)</c>.</summary>
public static class Compares
{
    /// <summary>How often the key has been written since it was created; 0: there is none.</summary>
    public static Comparand<long> Version(KeyRange range) => new(range, Target.Version, static (compare, number) => compare.Version = number);

    /// <summary>The revision that created the key; 0: there is none.</summary>
    public static Comparand<long> CreateRevision(KeyRange range) => new(range, Target.Create, static (compare, number) => compare.CreateRevision = number);

    /// <summary>The revision that wrote the key last; 0: there is none.</summary>
    public static Comparand<long> ModRevision(KeyRange range) => new(range, Target.Mod, static (compare, number) => compare.ModRevision = number);

    /// <summary>The lease that the key has; 0: none.</summary>
    public static Comparand<long> Lease(KeyRange range) => new(range, Target.Lease, static (compare, number) => compare.Lease = number);

    /// <summary>The value, as text.</summary>
    public static Comparand<string> Value(KeyRange range) =>
        new(range, Target.Value, static (compare, text) => compare.Value = ByteString.CopyFromUtf8(text));

    /// <summary>The value.</summary>
    public static Comparand<ByteString> ValueBytes(KeyRange range) => new(range, Target.Value, static (compare, bytes) => compare.Value = bytes);

    /// <summary>The key exists.</summary>
    public static Compare Exists(string key) => CreateRevision(key).GreaterThan(0);

    /// <summary>The key does not exist.</summary>
    public static Compare Absent(string key) => CreateRevision(key).EqualTo(0);
}
