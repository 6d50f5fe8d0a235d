namespace Quorate.Etcd.Protocol;

// Every answer has a header; the generated classes do not say so themselves.

public sealed partial class RangeResponse : IEtcdResponse;

public sealed partial class PutResponse : IEtcdResponse;

public sealed partial class DeleteRangeResponse : IEtcdResponse;

public sealed partial class TxnResponse : IEtcdResponse;

public sealed partial class CompactionResponse : IEtcdResponse;

public sealed partial class WatchResponse : IEtcdResponse;

public sealed partial class LeaseGrantResponse : IEtcdResponse;

public sealed partial class LeaseRevokeResponse : IEtcdResponse;

public sealed partial class LeaseCheckpointResponse : IEtcdResponse;

public sealed partial class LeaseKeepAliveResponse : IEtcdResponse;

public sealed partial class LeaseTimeToLiveResponse : IEtcdResponse;

public sealed partial class LeaseLeasesResponse : IEtcdResponse;

public sealed partial class MemberAddResponse : IEtcdResponse;

public sealed partial class MemberRemoveResponse : IEtcdResponse;

public sealed partial class MemberUpdateResponse : IEtcdResponse;

public sealed partial class MemberListResponse : IEtcdResponse;

public sealed partial class MemberPromoteResponse : IEtcdResponse;

public sealed partial class AlarmResponse : IEtcdResponse;

public sealed partial class StatusResponse : IEtcdResponse;

public sealed partial class DefragmentResponse : IEtcdResponse;

public sealed partial class HashResponse : IEtcdResponse;

public sealed partial class HashKVResponse : IEtcdResponse;

public sealed partial class SnapshotResponse : IEtcdResponse;

public sealed partial class MoveLeaderResponse : IEtcdResponse;

public sealed partial class DowngradeResponse : IEtcdResponse;

public sealed partial class AuthEnableResponse : IEtcdResponse;

public sealed partial class AuthDisableResponse : IEtcdResponse;

public sealed partial class AuthStatusResponse : IEtcdResponse;

public sealed partial class AuthenticateResponse : IEtcdResponse;

public sealed partial class AuthUserAddResponse : IEtcdResponse;

public sealed partial class AuthUserGetResponse : IEtcdResponse;

public sealed partial class AuthUserListResponse : IEtcdResponse;

public sealed partial class AuthUserDeleteResponse : IEtcdResponse;

public sealed partial class AuthUserChangePasswordResponse : IEtcdResponse;

public sealed partial class AuthUserGrantRoleResponse : IEtcdResponse;

public sealed partial class AuthUserRevokeRoleResponse : IEtcdResponse;

public sealed partial class AuthRoleAddResponse : IEtcdResponse;

public sealed partial class AuthRoleGetResponse : IEtcdResponse;

public sealed partial class AuthRoleListResponse : IEtcdResponse;

public sealed partial class AuthRoleDeleteResponse : IEtcdResponse;

public sealed partial class AuthRoleGrantPermissionResponse : IEtcdResponse;

public sealed partial class AuthRoleRevokePermissionResponse : IEtcdResponse;
