using Quorate.Etcd.Protocol;

namespace Quorate.Client;

/// <summary>
/// Puts a transaction together: comparisons, what is done if all of them hold, and what is done if not.
/// <code>
/// new TransactionBuilder()
///     .If(Compares.Absent("lock"))
///     .Then(Operations.Put("lock", "mine"))
///     .Else(Operations.Get("lock"))
/// </code>
/// </summary>
public sealed class TransactionBuilder
{
    private readonly TxnRequest _request = new();

    /// <summary>Adds comparisons, such as those that <see cref="Compares"/> makes. All must hold.</summary>
    public TransactionBuilder If(params Compare[] comparisons)
    {
        _request.Compare.Add(comparisons);
        return this;
    }

    /// <summary>Asks that the key has this value.</summary>
    public TransactionBuilder IfValue(string key, string value) => If(Compares.Value(key).EqualTo(value));

    /// <summary>Asks that the key has been written this often since it was created; 0 means that there is none.</summary>
    public TransactionBuilder IfVersion(string key, long version) => If(Compares.Version(key).EqualTo(version));

    /// <summary>Asks that the key was last written at this revision; 0 means that there is none.</summary>
    public TransactionBuilder IfModRevision(string key, long revision) => If(Compares.ModRevision(key).EqualTo(revision));

    /// <summary>Asks that the key was created at this revision, as a fencing token says it; 0 means that there is none.</summary>
    public TransactionBuilder IfCreateRevision(string key, long revision) => If(Compares.CreateRevision(key).EqualTo(revision));

    /// <summary>Adds what is done if every comparison holds.</summary>
    public TransactionBuilder Then(params RequestOp[] operations)
    {
        _request.Success.Add(operations);
        return this;
    }

    /// <summary>Adds what is done otherwise.</summary>
    public TransactionBuilder Else(params RequestOp[] operations)
    {
        _request.Failure.Add(operations);
        return this;
    }

    /// <summary>The transaction as it is now.</summary>
    public TxnRequest Build() => _request.Clone();
}
