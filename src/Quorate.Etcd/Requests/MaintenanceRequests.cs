using System.Globalization;
using Quorate.Etcd.Commands;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Transactions;
using Quorate.KeyValue;
using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Etcd.Requests;

/// <summary>The requests of etcd's Maintenance service. They are about this member, and answered by it alone.</summary>
public sealed class MaintenanceRequests
{
    private readonly RequestPath _path;

    internal MaintenanceRequests(RequestPath path)
    {
        _path = path;
    }

    /// <summary>How this member is.</summary>
    public void Status(StatusRequest request, EtcdCall<StatusResponse> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        StoreHistory version = _path.State.History;
        ReplicaStatus status = _path.Replica.Status;
        StatusResponse response = new()
        {
            Header = new ResponseHeader { Revision = version.Revision },
            Version = EtcdCompatibility.Version,
            StorageVersion = EtcdCompatibility.Version,
            DbSize = version.SizeBytes,
            DbSizeInUse = version.SizeBytes,
            DbSizeQuota = Math.Max(0, _path.Options.QuotaBytes),
            Leader = status.LeaderId.Value,
            RaftIndex = (ulong)status.CommitIndex,
            RaftTerm = (ulong)status.Term,
            RaftAppliedIndex = (ulong)status.AppliedIndex,
            IsLearner = status.Configuration.Learners.Contains(status.Id),
            DowngradeInfo = new DowngradeInfo(),
        };
        if (status.LeaderId.IsNone)
        {
            response.Errors.Add(EtcdError.NoLeader.Text);
        }

        foreach (AlarmMember alarm in _path.State.Alarms.Active)
        {
            // As etcd prints the message, with what it leaves at the end.
            response.Errors.Add($"memberID:{alarm.MemberID} alarm:{NameOf(alarm.Alarm)} ");
        }

        if (status.Failure is { } failure)
        {
            response.Errors.Add(failure);
        }

        _path.Answer(call, response);
    }

    /// <summary>
    /// A hash of all versions that are held up to a revision, zero for the present: equal on all members that have
    /// compacted equally. It is not etcd's own number, so it compares members of one cluster only.
    /// </summary>
    public void HashKV(HashKVRequest request, EtcdCall<HashKVResponse> call)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(call);
        _path.Read(request, local: true, HashRevision, call);
    }

    /// <summary>As <see cref="HashKV"/>, of the present.</summary>
    public void Hash(HashRequest request, EtcdCall<HashResponse> call)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(call);
        _path.Read(request, local: true, HashPresent, call);
    }

    /// <summary>
    /// Lists alarms (all, or those of a type), raises one or clears one. To clear names a member and a type; no member
    /// and no type clear nothing, as in etcd, whose clients first ask which there are.
    /// </summary>
    public void Alarm(AlarmRequest request, EtcdCall<AlarmResponse> call)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(call);
        switch (request.Action)
        {
            case AlarmRequest.Types.AlarmAction.Get:
                _path.Read(request, local: false, ListAlarms, call);
                break;
            case AlarmRequest.Types.AlarmAction.Activate:
            case AlarmRequest.Types.AlarmAction.Deactivate:
                _path.Propose(CommandKind.Alarm, request, default, call);
                break;
            default:
                call.Failed(EtcdError.NotCapable);
                break;
        }
    }

    /// <summary>The first alarm of a type that is not excluded, as etcd's health check asks; null without one.</summary>
    public AlarmType? FirstAlarm(Func<AlarmType, bool> isExcluded)
    {
        ArgumentNullException.ThrowIfNull(isExcluded);
        foreach (AlarmMember alarm in _path.State.Alarms.Active)
        {
            if (!isExcluded(alarm.Alarm))
            {
                return alarm.Alarm;
            }
        }

        return null;
    }

    /// <summary>The whole state of this member as a backup, in parts: layout in docs/storage.md.</summary>
    public void Snapshot(SnapshotRequest request, EtcdStreamCall<SnapshotResponse> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        _path.Stream(local: true, () => BackupStream.Begin(_path), call);
    }

    /// <summary>
    /// etcd rewrites its files for an older version; there is no older version of ours. What etcd refuses is refused in
    /// its words; to give up a downgrade that is not under way succeeds, as there.
    /// </summary>
    public void Downgrade(DowngradeRequest request, EtcdCall<DowngradeResponse> call)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(call);
        if (request.Action == DowngradeRequest.Types.DowngradeAction.Cancel)
        {
            _path.Answer(call, new DowngradeResponse { Header = PresentHeader(), Version = EtcdCompatibility.Version });
        }
        else if (!TryParseVersion(request.Version, out int major, out int minor))
        {
            call.Failed(EtcdError.WrongDowngradeVersionFormat);
        }
        else
        {
            call.Failed((major, minor) == EtcdCompatibility.DowngradeTarget ? EtcdError.DowngradeNotSupported : EtcdError.InvalidDowngradeTargetVersion);
        }
    }

    /// <summary>Done at once: nothing here is ever fragmented.</summary>
    public void Defragment(DefragmentRequest request, EtcdCall<DefragmentResponse> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        _path.Answer(call, new DefragmentResponse { Header = PresentHeader() });
    }

    /// <summary>
    /// Hands leadership over (spec E6). It succeeds when this member knows the target as the leader.
    /// </summary>
    public void MoveLeader(MoveLeaderRequest request, EtcdCall<MoveLeaderResponse> call)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(call);
        _path.Replica.TransferLeadership(new MemberId(request.TargetID), outcome =>
        {
            switch (outcome)
            {
                case TransferOutcome.Moved:
                case TransferOutcome.AlreadyLeader:
                    _path.Answer(call, new MoveLeaderResponse { Header = PresentHeader() });
                    break;
                case TransferOutcome.NotLeader:
                    call.Failed(EtcdError.NotLeader);
                    break;
                case TransferOutcome.TimedOut:
                    call.Failed(EtcdError.TimeoutLeaderTransfer);
                    break;
                case TransferOutcome.InProgress:
                    call.Failed(EtcdError.TooManyRequests);
                    break;
                case TransferOutcome.Stopping:
                    call.Failed(EtcdError.Stopped);
                    break;
                default:
                    call.Failed(EtcdError.BadLeaderTransferee);
                    break;
            }
        });
    }

    /// <summary>A type's name in etcd's API.</summary>
    public static string NameOf(AlarmType type) => type switch
    {
        AlarmType.Nospace => "NOSPACE",
        AlarmType.Corrupt => "CORRUPT",
        _ => ((int)type).ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Major and minor version, with or without a patch, as etcd takes them.</summary>
    private static bool TryParseVersion(string text, out int major, out int minor)
    {
        string[] numbers = text.Split('.');
        major = minor = 0;
        return numbers.Length is 2 or 3
            && numbers.All(number => number.Length is > 0 and < 6 && number.All(char.IsAsciiDigit))
            && int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out major)
            && int.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out minor);
    }

    private static EtcdError? ListAlarms(RequestPath path, AlarmRequest request, out AlarmResponse? response)
    {
        response = new AlarmResponse { Header = new ResponseHeader { Revision = path.State.History.Revision } };
        response.Alarms.Add(path.State.Alarms.OfType(request.Alarm).Select(alarm => alarm.Clone()));
        return null;
    }

    private static EtcdError? HashRevision(RequestPath path, HashKVRequest request, out HashKVResponse? response)
    {
        StoreVersion version = path.State.Current;
        response = null;
        if (RangeOperation.CheckRevision(version, request.Revision) is { } error)
        {
            return error;
        }

        long revision = request.Revision > 0 ? request.Revision : version.Revision;
        response = new HashKVResponse
        {
            Header = new ResponseHeader { Revision = version.Revision },
            Hash = version.Hash(revision),
            CompactRevision = version.CompactRevision,
            HashRevision = revision,
        };
        return null;
    }

    private static EtcdError? HashPresent(RequestPath path, HashRequest request, out HashResponse? response)
    {
        StoreVersion version = path.State.Current;
        response = new HashResponse
        {
            Header = new ResponseHeader { Revision = version.Revision },
            Hash = version.Hash(version.Revision),
        };
        return null;
    }

    private ResponseHeader PresentHeader() => new() { Revision = _path.State.History.Revision };
}
