using Quorate.Etcd.Auth;
using Quorate.Etcd.Commands;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Requests;
using Quorate.Etcd.State;
using Quorate.Etcd.Transactions;
using Quorate.KeyValue;
using Quorate.KeyValue.Leases;
using Quorate.Replica;

namespace Quorate.Etcd;

/// <summary>
/// What etcd's requests do to the replicated state: the store, the leases, the alarms, users and roles, and what members
/// publish about themselves.
/// </summary>
/// <remarks>
/// <para><see cref="Apply"/> runs on one thread. <see cref="Current"/>, <see cref="CurrentLeases"/> and <see cref="Published"/> may be
/// read from any: they are immutable, and each is replaced as a whole.</para>
/// <para>A run of commands shares one copy of what it changes: each sees those before it in the writer's own view, and
/// <see cref="BatchApplied"/> shows readers all of them at once. Between the two, <see cref="Current"/> is behind, so
/// nothing in <see cref="Apply"/> may look at it.</para>
/// </remarks>
public sealed class EtcdStateMachine : IStateMachine
{
    /// <summary>Most keys looked at in one piece of idle work: some tenths of a millisecond.</summary>
    private const int IdleGarbageKeysMax = 500;

    private readonly KeyValueStore _store = new();
    private readonly LeaseClock _leaseClock = new();
    private volatile LeaseChanges _leases;
    private volatile MemberAttributes _published = MemberAttributes.None;
    private volatile Alarms _alarms = Alarms.None;
    private volatile AuthState _auth = AuthState.None;
    private long _appliedIndex;

    /// <summary>Loads begun and loads ended: odd while a snapshot is being loaded.</summary>
    private volatile int _loadEvents;

    /// <summary>Commands were applied that <see cref="Current"/> does not show.</summary>
    private bool _isUnpublished;

    /// <summary>An empty state.</summary>
    public EtcdStateMachine()
    {
        _leases = new LeaseChanges(_store, new LeaseTable(_leaseClock), LeaseCounts);
    }

    /// <summary>The store as of the last run of commands applied.</summary>
    public StoreVersion Current => _store.Current;

    /// <summary>The numbers and the changes of the newest version, which cost the writer nothing to hold; may be read from any thread.</summary>
    public StoreHistory History => _store.History;

    /// <summary>Index of the last command applied (spec C5); for the thread that applies.</summary>
    public long AppliedIndex => _appliedIndex;

    /// <summary>
    /// <see cref="Current"/> may have been replaced. Called on the thread that applies, which it must not hold up: it
    /// is for waking somebody.
    /// </summary>
    public Action? VersionPublished { get; set; }

    /// <summary>The leases as of the last run of commands applied.</summary>
    public LeaseVersion CurrentLeases => _leases.Table.Current;

    /// <summary>What has happened to leases since this member was started.</summary>
    public LeaseCounts LeaseCounts { get; } = new();

    /// <summary>The clock by which this member counts leases down; for the thread that applies.</summary>
    internal LeaseClock LeaseClock => _leaseClock;

    /// <summary>The leases as the writer sees them; for the thread that applies. A snapshot that is loaded brings another table.</summary>
    internal LeaseTable Leases => _leases.Table;

    /// <summary>What members have published about themselves.</summary>
    internal MemberAttributes Published => _published;

    /// <summary>The alarms that are active.</summary>
    internal Alarms Alarms => _alarms;

    /// <summary>Users and roles.</summary>
    internal AuthState Auth => _auth;

    /// <inheritdoc/>
    /// <returns>
    /// The answer to the request, its header holding the revision only, or an <see cref="EtcdError"/>; null where
    /// nobody wants it.
    /// </returns>
    /// <exception cref="UnknownCommandException">This version cannot read the command; the member must stop.</exception>
    /// <exception cref="InvalidOperationException">The command was applied already: the log or the replica is broken.</exception>
    public object? Apply(in AppliedCommand command)
    {
        if (command.Index <= _appliedIndex)
        {
            throw new InvalidOperationException(
                $"the command at index {command.Index} comes after that at {_appliedIndex} was applied (spec C3)");
        }

        object? result = Command.KindOf(command.Command) switch
        {
            CommandKind.Put => Put(Command.ParsePut(command), command.ResultWanted),
            CommandKind.DeleteRange => Delete(Command.Parse(command, DeleteRangeRequest.Parser), command.ResultWanted),
            CommandKind.Transaction => Transact(Command.Parse(command, TxnRequest.Parser), command.ResultWanted),
            CommandKind.Compact => Compact(Command.Parse(command, CompactionRequest.Parser)),
            >= CommandKind.LeaseGrant and <= CommandKind.LeaseCheckpoint => ApplyToLeases(command),
            CommandKind.UserAdd => Change(UserChanges.Add(_auth, Command.Parse(command, AuthUserAddRequest.Parser)), new AuthUserAddResponse()),
            CommandKind.UserDelete => Change(UserChanges.Delete(_auth, Command.Parse(command, AuthUserDeleteRequest.Parser)), new AuthUserDeleteResponse()),
            CommandKind.UserChangePassword => Change(UserChanges.ChangePassword(_auth, Command.Parse(command, AuthUserChangePasswordRequest.Parser)), new AuthUserChangePasswordResponse()),
            CommandKind.UserGrantRole => Change(UserChanges.Grant(_auth, Command.Parse(command, AuthUserGrantRoleRequest.Parser)), new AuthUserGrantRoleResponse()),
            CommandKind.UserRevokeRole => Change(UserChanges.Revoke(_auth, Command.Parse(command, AuthUserRevokeRoleRequest.Parser)), new AuthUserRevokeRoleResponse()),
            CommandKind.RoleAdd => Change(RoleChanges.Add(_auth, Command.Parse(command, AuthRoleAddRequest.Parser)), new AuthRoleAddResponse()),
            CommandKind.RoleDelete => Change(RoleChanges.Delete(_auth, Command.Parse(command, AuthRoleDeleteRequest.Parser)), new AuthRoleDeleteResponse()),
            CommandKind.RoleGrantPermission => Change(RoleChanges.Grant(_auth, Command.Parse(command, AuthRoleGrantPermissionRequest.Parser)), new AuthRoleGrantPermissionResponse()),
            CommandKind.RoleRevokePermission => Change(RoleChanges.Revoke(_auth, Command.Parse(command, AuthRoleRevokePermissionRequest.Parser)), new AuthRoleRevokePermissionResponse()),
            CommandKind.Alarm => ChangeAlarms(Command.Parse(command, AlarmRequest.Parser)),
            CommandKind.MemberAttributes => Publish(Command.Parse(command, Member.Parser)),
            CommandKind kind => throw new UnknownCommandException(command.Index, $"kind {(byte)kind} is not known"),
        };
        _appliedIndex = command.Index;
        return command.ResultWanted ? result : null;
    }

    /// <inheritdoc/>
    public void BatchApplied()
    {
        if (_isUnpublished)
        {
            _store.Publish();
            _isUnpublished = false;
        }

        _leases.Table.Publish();
        VersionPublished?.Invoke();
    }

    /// <summary>Frees some of what compactions dropped, which nobody can read any more.</summary>
    /// <returns>Whether more is left.</returns>
    public bool DoIdleWork() => _store.CollectGarbage(IdleGarbageKeysMax);

    /// <inheritdoc/>
    public IStateMachineSnapshot TakeSnapshot()
    {
        // The index and the store must be of one moment, whoever asks.
        BatchApplied();
        return new EtcdSnapshot(_appliedIndex, _published, _leases.Table.Current, _alarms, _auth, _store.Current);
    }

    /// <inheritdoc/>
    public void LoadSnapshot(Stream snapshot)
    {
        Interlocked.Increment(ref _loadEvents);
        try
        {
            SnapshotHeader header = SnapshotHeader.Read(snapshot);
            _store.Load(snapshot);
            _leases = new LeaseChanges(_store, LeaseTable.Load(_leaseClock, header.Leases, _store.Current, CurrentLeases), LeaseCounts);
            _published = header.Members;
            _alarms = header.Alarms;
            _auth = header.Auth;
            _appliedIndex = header.AppliedIndex;
            _isUnpublished = false;
        }
        finally
        {
            Interlocked.Increment(ref _loadEvents);
        }

        VersionPublished?.Invoke();
    }

    /// <summary>
    /// Captures the present state for a reader, on the replica's loop between two runs. A snapshot may just be being
    /// loaded beside the loop: then the parts of the state are not of one moment, and there is nothing to capture.
    /// </summary>
    internal EtcdSnapshot? TryCapture()
    {
        int before = _loadEvents;
        EtcdSnapshot captured = new(_appliedIndex, _published, _leases.Table.Current, _alarms, _auth, _store.Current);
        Interlocked.MemoryBarrier();
        return before % 2 == 0 && before == _loadEvents ? captured : null;
    }

    private object? Put(in PutFields request, bool wanted)
    {
        using WriteTransaction write = _store.Begin();
        if ((_alarms.Refusal(QuotaCost.Of(request)) ?? PutOperation.Check(write, _leases.Table, request)) is { } error)
        {
            return error;
        }

        PutResponse? response = PutOperation.Execute(write, request, wanted);
        Commit(write);
        return response;
    }

    private object? Delete(DeleteRangeRequest request, bool wanted)
    {
        if ((_alarms.Refusal(0) ?? RequestChecks.Check(request)) is { } error)
        {
            return error;
        }

        using WriteTransaction write = _store.Begin();
        DeleteRangeResponse? response = DeleteOperation.Execute(write, request, wanted);
        Commit(write);
        return response;
    }

    private object? Transact(TxnRequest request, bool wanted)
    {
        if (_alarms.Refusal(QuotaCost.Of(request)) is { } refusal)
        {
            return refusal;
        }

        using WriteTransaction write = _store.Begin();
#if QUORATE_MUTANTS
        TransactionPlan plan = TransactionPlan.Make(
            Raft.Mutants.Is(Raft.Mutant.ApplyReadsPublishedState) ? _store.Current : write, request);
#else
        TransactionPlan plan = TransactionPlan.Make(write, request);
#endif
        if (plan.Check(write, _leases.Table, request) is { } error)
        {
            return error;
        }

        TxnResponse? response = TransactionExecutor.Execute(new WriteTarget(write), request, plan, wanted);
        Commit(write);
        return response;
    }

    private void Commit(WriteTransaction write)
    {
        _isUnpublished |= write.HasChanges;
        write.MoveKeys(_leases.Table);
        write.CommitUnpublished();
    }

    private object? ApplyToLeases(in AppliedCommand command)
    {
        CommandKind kind = Command.KindOf(command.Command);
        EtcdError? refusal = kind switch
        {
            CommandKind.LeaseGrant => _alarms.Refusal(QuotaCost.OfLeaseBytes),
            CommandKind.LeaseRevoke => _alarms.Refusal(0),
            _ => null,
        };
        if (refusal is not null)
        {
            return refusal;
        }

        // The end of a lease deletes keys; a renewal, of which there may be very many, shows readers of the store nothing.
        _isUnpublished |= kind is CommandKind.LeaseRevoke or CommandKind.LeaseExpire;
        return _leases.Apply(command);
    }

    /// <summary>
    /// What is compacted is gone at once, for readers and for the quota; its memory is freed when there is nothing
    /// else to do. "Physical" so asks for nothing more. Publishes what the run has changed so far.
    /// </summary>
    private object Compact(CompactionRequest request)
    {
        if (_alarms.Refusal(0) is { } refusal)
        {
            return refusal;
        }

        try
        {
            _store.Compact(request.Revision);
        }
        catch (RevisionCompactedException)
        {
            return EtcdError.Compacted;
        }
        catch (FutureRevisionException)
        {
            return EtcdError.FutureRevision;
        }

        return new CompactionResponse { Header = new ResponseHeader { Revision = _store.History.Revision } };
    }

    /// <summary>
    /// Raises an alarm or clears one, and answers with it; with nothing where no alarm is named, or where the one to be
    /// cleared is not active.
    /// </summary>
    private object ChangeAlarms(AlarmRequest request)
    {
        AlarmResponse response = new() { Header = PresentHeader() };
        bool activates = request.Action == AlarmRequest.Types.AlarmAction.Activate;
        if (request.Alarm == AlarmType.None)
        {
            return response;
        }

        bool isActive = _alarms.Contains(request.MemberID, request.Alarm);
        if (activates && !isActive && _alarms.Active.Length >= Alarms.AlarmsMax)
        {
            return EtcdError.TooManyRequests;
        }

        if (activates || isActive)
        {
            response.Alarms.Add(new AlarmMember { MemberID = request.MemberID, Alarm = request.Alarm });
        }

        _alarms = activates ? _alarms.With(request.MemberID, request.Alarm) : _alarms.Without(request.MemberID, request.Alarm);
        return response;
    }

    /// <summary>Takes over what a change makes of users and roles, or answers why it makes nothing of them.</summary>
    private object Change((AuthState? Next, EtcdError? Error) outcome, IEtcdResponse response)
    {
        if (outcome.Error is { } error)
        {
            return error;
        }

        _auth = outcome.Next!;
        response.Header = PresentHeader();
        return response;
    }

    /// <summary>The revision in the writer's own view, which readers may not see yet.</summary>
    private ResponseHeader PresentHeader()
    {
        using WriteTransaction write = _store.Begin();
        return new ResponseHeader { Revision = write.Revision };
    }

    private MemberListResponse Publish(Member member)
    {
        _published = _published.With(member);
        return new MemberListResponse();
    }
}
