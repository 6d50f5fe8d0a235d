using Google.Protobuf;
using Quorate.Etcd.Protocol;

namespace Quorate.Client;

/// <summary>
/// Puts a transaction together: comparisons, what is done if all of them hold, and what is done if not.
/// <code>
/// new TransactionBuilder()
///     .IfVersion("lock", 0)
///     .Then(Operations.Put("lock", "mine"))
///     .Else(Operations.Get("lock"))
/// </code>
/// </summary>
public sealed class TransactionBuilder
{
    private readonly TxnRequest request = new();

    /// <summary>Adds a comparison.</summary>
    public TransactionBuilder If(Compare comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        request.Compare.Add(comparison);
        return this;
    }

    /// <summary>Asks that the key has this value.</summary>
    public TransactionBuilder IfValue(string key, string value) => If(new Compare
    {
        Key = ByteString.CopyFromUtf8(key),
        Target = Compare.Types.CompareTarget.Value,
        Result = Compare.Types.CompareResult.Equal,
        Value = ByteString.CopyFromUtf8(value),
    });

    /// <summary>Asks that the key has been written this often since it was created; 0 means that there is none.</summary>
    public TransactionBuilder IfVersion(string key, long version) => If(new Compare
    {
        Key = ByteString.CopyFromUtf8(key),
        Target = Compare.Types.CompareTarget.Version,
        Result = Compare.Types.CompareResult.Equal,
        Version = version,
    });

    /// <summary>Asks that the key was last written at this revision; 0 means that there is none.</summary>
    public TransactionBuilder IfModRevision(string key, long revision) => If(new Compare
    {
        Key = ByteString.CopyFromUtf8(key),
        Target = Compare.Types.CompareTarget.Mod,
        Result = Compare.Types.CompareResult.Equal,
        ModRevision = revision,
    });

    /// <summary>Adds what is done if every comparison holds.</summary>
    public TransactionBuilder Then(params RequestOp[] operations)
    {
        request.Success.Add(operations);
        return this;
    }

    /// <summary>Adds what is done otherwise.</summary>
    public TransactionBuilder Else(params RequestOp[] operations)
    {
        request.Failure.Add(operations);
        return this;
    }

    /// <summary>The transaction as it is now.</summary>
    public TxnRequest Build() => request.Clone();
}
