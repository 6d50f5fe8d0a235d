using Quorate.Etcd.Protocol;
using Quorate.Etcd.Transactions;
using Quorate.KeyValue;
using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Etcd.Requests;

/// <summary>The requests of etcd's Maintenance service. They are about this member, and answered by it alone.</summary>
public sealed class MaintenanceRequests
{
    private readonly RequestPath path;

    internal MaintenanceRequests(RequestPath path)
    {
        this.path = path;
    }

    /// <summary>How this member is.</summary>
    public void Status(StatusRequest request, EtcdCall<StatusResponse> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        StoreVersion version = path.State.Current;
        ReplicaStatus status = path.Replica.Status;
        StatusResponse response = new()
        {
            Header = new ResponseHeader { Revision = version.Revision },
            Version = EtcdCompatibility.Version,
            StorageVersion = EtcdCompatibility.Version,
            DbSize = version.SizeBytes,
            DbSizeInUse = version.SizeBytes,
            DbSizeQuota = Math.Max(0, path.Options.QuotaBytes),
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

        if (status.Failure is { } failure)
        {
            response.Errors.Add(failure);
        }

        path.Answer(call, response);
    }

    /// <summary>
    /// A hash of all versions that are held up to a revision, zero for the present: equal on all members that have
    /// compacted equally. It is not etcd's own number, so it compares members of one cluster only.
    /// </summary>
    public void HashKV(HashKVRequest request, EtcdCall<HashKVResponse> call)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(call);
        path.Read(request, local: true, HashRevision, call);
    }

    /// <summary>As <see cref="HashKV"/>, of the present.</summary>
    public void Hash(HashRequest request, EtcdCall<HashResponse> call)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(call);
        path.Read(request, local: true, HashPresent, call);
    }

    /// <summary>Alarms: there are none to tell of or to clear, and none can be raised by hand.</summary>
    public void Alarm(AlarmRequest request, EtcdCall<AlarmResponse> call)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(call);
        if (request.Action is AlarmRequest.Types.AlarmAction.Get or AlarmRequest.Types.AlarmAction.Deactivate)
        {
            path.Answer(call, new AlarmResponse { Header = PresentHeader() });
        }
        else
        {
            call.Failed(EtcdError.NotCapable);
        }
    }

    /// <summary>Done at once: nothing here is ever fragmented.</summary>
    public void Defragment(DefragmentRequest request, EtcdCall<DefragmentResponse> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        path.Answer(call, new DefragmentResponse { Header = PresentHeader() });
    }

    /// <summary>
    /// Hands leadership over (spec E6). It succeeds when this member knows the target as the leader.
    /// </summary>
    public void MoveLeader(MoveLeaderRequest request, EtcdCall<MoveLeaderResponse> call)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(call);
        path.Replica.TransferLeadership(new MemberId(request.TargetID), status =>
        {
            switch (status)
            {
                case TransferStatus.Moved:
                case TransferStatus.AlreadyLeader:
                    path.Answer(call, new MoveLeaderResponse { Header = PresentHeader() });
                    break;
                case TransferStatus.NotLeader:
                    call.Failed(EtcdError.NotLeader);
                    break;
                case TransferStatus.TimedOut:
                    call.Failed(EtcdError.TimeoutLeaderTransfer);
                    break;
                case TransferStatus.InProgress:
                    call.Failed(EtcdError.TooManyRequests);
                    break;
                default:
                    call.Failed(EtcdError.BadLeaderTransferee);
                    break;
            }
        });
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

    private ResponseHeader PresentHeader() => new() { Revision = path.State.Current.Revision };
}
