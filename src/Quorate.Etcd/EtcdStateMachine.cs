using Quorate.Etcd.Commands;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Requests;
using Quorate.Etcd.State;
using Quorate.Etcd.Transactions;
using Quorate.KeyValue;
using Quorate.Replica;

namespace Quorate.Etcd;

/// <summary>
/// What etcd's requests do to the replicated state: the store, and what members publish about themselves.
/// </summary>
/// <remarks>
/// <see cref="Apply"/> runs on one thread. <see cref="Current"/> and <see cref="Published"/> may be read from any:
/// both are immutable, and each is replaced as a whole.
/// </remarks>
public sealed class EtcdStateMachine : IStateMachine
{
    /// <summary>
    /// Most keys that one command clears of what a compaction dropped: enough to keep ahead of ordinary writing, and
    /// little enough that no command is held up.
    /// </summary>
    private const int GarbageKeysPerCommandMax = 256;

    private readonly KeyValueStore store = new();
    private volatile MemberAttributes published = MemberAttributes.None;
    private long appliedIndex;

    /// <summary>The store as of the last command applied.</summary>
    public StoreVersion Current => store.Current;

    /// <summary>Index of the last command applied (spec C5); for the thread that applies.</summary>
    public long AppliedIndex => appliedIndex;

    /// <summary>What members have published about themselves.</summary>
    internal MemberAttributes Published => published;

    /// <inheritdoc/>
    /// <returns>
    /// The answer to the request, its header holding the revision only, or an <see cref="EtcdError"/>; null where
    /// nobody wants it.
    /// </returns>
    /// <exception cref="UnknownCommandException">This version cannot read the command; the member must stop.</exception>
    /// <exception cref="InvalidOperationException">The command was applied already: the log or the replica is broken.</exception>
    public object? Apply(in AppliedCommand command)
    {
        if (command.Index <= appliedIndex)
        {
            throw new InvalidOperationException(
                $"the command at index {command.Index} comes after that at {appliedIndex} was applied (spec C3)");
        }

        object? result = Command.KindOf(command.Command) switch
        {
            CommandKind.Put => Put(Command.Parse(command, PutRequest.Parser), command.ResultWanted),
            CommandKind.DeleteRange => Delete(Command.Parse(command, DeleteRangeRequest.Parser), command.ResultWanted),
            CommandKind.Transaction => Transact(Command.Parse(command, TxnRequest.Parser), command.ResultWanted),
            CommandKind.Compact => Compact(Command.Parse(command, CompactionRequest.Parser)),
            CommandKind.MemberAttributes => Publish(Command.Parse(command, Member.Parser)),
            CommandKind kind => throw new UnknownCommandException(command.Index, $"kind {(byte)kind} is not known"),
        };
        store.CollectGarbage(GarbageKeysPerCommandMax);
        appliedIndex = command.Index;
        return command.ResultWanted ? result : null;
    }

    /// <inheritdoc/>
    public IStateMachineSnapshot TakeSnapshot() => new EtcdSnapshot(appliedIndex, published, store.Current);

    /// <inheritdoc/>
    public void LoadSnapshot(Stream snapshot)
    {
        SnapshotHeader header = SnapshotHeader.Read(snapshot);
        store.Load(snapshot);
        published = header.Members;
        appliedIndex = header.AppliedIndex;
    }

    private object? Put(PutRequest request, bool wanted)
    {
        StoreVersion before = store.Current;
        if (PutOperation.Check(before, request) is { } error)
        {
            return error;
        }

        using WriteTransaction write = store.Begin();
        PutResponse? response = PutOperation.Execute(before, write, request, wanted);
        write.Commit();
        return response;
    }

    private object? Delete(DeleteRangeRequest request, bool wanted)
    {
        if (RequestChecks.Check(request) is { } error)
        {
            return error;
        }

        using WriteTransaction write = store.Begin();
        DeleteRangeResponse? response = DeleteOperation.Execute(write, request, wanted);
        write.Commit();
        return response;
    }

    private object? Transact(TxnRequest request, bool wanted)
    {
        StoreVersion before = store.Current;
        TransactionPlan plan = TransactionPlan.Make(before, request);
        if (plan.Check(before, request) is { } error)
        {
            return error;
        }

        using WriteTransaction write = store.Begin();
        TxnResponse? response = TransactionExecutor.Execute(new WriteTarget(before, write), request, plan, wanted);
        write.Commit();
        return response;
    }

    /// <summary>
    /// What is compacted is gone at once, for readers and for the quota; its memory is freed by the commands that
    /// follow, on every member at the same pace. "Physical" so asks for nothing more.
    /// </summary>
    private object Compact(CompactionRequest request)
    {
        try
        {
            store.Compact(request.Revision);
        }
        catch (RevisionCompactedException)
        {
            return EtcdError.Compacted;
        }
        catch (FutureRevisionException)
        {
            return EtcdError.FutureRevision;
        }

        return new CompactionResponse { Header = new ResponseHeader { Revision = store.Current.Revision } };
    }

    private MemberListResponse Publish(Member member)
    {
        published = published.With(member);
        return new MemberListResponse();
    }
}
