namespace Quorate.Etcd;

/// <summary>
/// An error as etcd's clients know it: they compare the text, so it is etcd's to the letter.
/// </summary>
public sealed class EtcdError
{
    // Requests that cannot be right.

    /// <summary>A key is empty.</summary>
    public static readonly EtcdError EmptyKey =
        new(EtcdStatusCode.InvalidArgument, "etcdserver: key is not provided");

    /// <summary>A put keeps value or lease of a key that is absent; also etcd's answer to an empty operation in a transaction.</summary>
    public static readonly EtcdError KeyNotFound =
        new(EtcdStatusCode.InvalidArgument, "etcdserver: key not found");

    /// <summary>A put that keeps the value brings one.</summary>
    public static readonly EtcdError ValueProvided =
        new(EtcdStatusCode.InvalidArgument, "etcdserver: value is provided");

    /// <summary>A put that keeps the lease brings one.</summary>
    public static readonly EtcdError LeaseProvided =
        new(EtcdStatusCode.InvalidArgument, "etcdserver: lease is provided");

    /// <summary>A transaction is larger than <see cref="EtcdOptions.TransactionOperationsMax"/>.</summary>
    public static readonly EtcdError TooManyOperations =
        new(EtcdStatusCode.InvalidArgument, "etcdserver: too many operations in txn request");

    /// <summary>A transaction would write one key twice.</summary>
    public static readonly EtcdError DuplicateKey =
        new(EtcdStatusCode.InvalidArgument, "etcdserver: duplicate key given in txn request");

    /// <summary>A sort order or target that does not exist.</summary>
    public static readonly EtcdError InvalidSortOption =
        new(EtcdStatusCode.InvalidArgument, "etcdserver: invalid sort option");

    /// <summary>A write is larger than <see cref="EtcdOptions.RequestBytesMax"/>.</summary>
    public static readonly EtcdError RequestTooLarge =
        new(EtcdStatusCode.InvalidArgument, "etcdserver: request is too large");

    // Requests that the present state refuses.

    /// <summary>The revision is gone.</summary>
    public static readonly EtcdError Compacted =
        new(EtcdStatusCode.OutOfRange, "etcdserver: mvcc: required revision has been compacted");

    /// <summary>The revision is not reached yet.</summary>
    public static readonly EtcdError FutureRevision =
        new(EtcdStatusCode.OutOfRange, "etcdserver: mvcc: required revision is a future revision");

    /// <summary>The store has reached <see cref="EtcdOptions.QuotaBytes"/>.</summary>
    public static readonly EtcdError NoSpace =
        new(EtcdStatusCode.ResourceExhausted, "etcdserver: mvcc: database space exceeded");

    /// <summary>There is no such lease.</summary>
    public static readonly EtcdError LeaseNotFound =
        new(EtcdStatusCode.NotFound, "etcdserver: requested lease not found");

    /// <summary>A lease is asked for under the id of one that there is.</summary>
    public static readonly EtcdError LeaseExists =
        new(EtcdStatusCode.FailedPrecondition, "etcdserver: lease already exists");

    /// <summary>A lease is asked for that would live longer than any may.</summary>
    public static readonly EtcdError LeaseTtlTooLarge =
        new(EtcdStatusCode.OutOfRange, "etcdserver: too large lease TTL");

    /// <summary>There is no such member.</summary>
    public static readonly EtcdError MemberNotFound =
        new(EtcdStatusCode.NotFound, "etcdserver: member not found");

    /// <summary>Leadership cannot go to that member: it has no vote here.</summary>
    public static readonly EtcdError BadLeaderTransferee =
        new(EtcdStatusCode.FailedPrecondition, "etcdserver: bad leader transferee");

    /// <summary>A learner answers status and local reads only.</summary>
    public static readonly EtcdError NotSupportedForLearner =
        new(EtcdStatusCode.FailedPrecondition, "etcdserver: rpc not supported for learner");

    /// <summary>The cluster cannot do that.</summary>
    public static readonly EtcdError NotCapable =
        new(EtcdStatusCode.FailedPrecondition, "etcdserver: not capable");

    /// <summary>Members have been found to differ.</summary>
    public static readonly EtcdError Corrupt =
        new(EtcdStatusCode.DataLoss, "etcdserver: corrupt cluster");

    /// <summary>A version to downgrade to is no version.</summary>
    public static readonly EtcdError WrongDowngradeVersionFormat =
        new(EtcdStatusCode.InvalidArgument, "etcdserver: wrong downgrade target version format");

    /// <summary>A version to downgrade to is not the minor version before this one.</summary>
    public static readonly EtcdError InvalidDowngradeTargetVersion =
        new(EtcdStatusCode.InvalidArgument, "etcdserver: invalid downgrade target version");

    /// <summary>This member is busy with a snapshot from the leader, and its state is not one that can be captured.</summary>
    public static readonly EtcdError Unhealthy =
        new(EtcdStatusCode.Unavailable, "etcdserver: unhealthy cluster");

    // Users and roles.

    /// <summary>Authentication is to be switched on, and nobody could switch it off.</summary>
    public static readonly EtcdError RootUserMissing =
        new(EtcdStatusCode.FailedPrecondition, "etcdserver: root user does not exist");

    /// <summary>Authentication is to be switched on, and the root user could do nothing.</summary>
    public static readonly EtcdError RootRoleMissing =
        new(EtcdStatusCode.FailedPrecondition, "etcdserver: root user does not have root role");

    /// <summary>A user has no name.</summary>
    public static readonly EtcdError UserEmpty =
        new(EtcdStatusCode.InvalidArgument, "etcdserver: user name is empty");

    /// <summary>There is a user of that name.</summary>
    public static readonly EtcdError UserAlreadyExists =
        new(EtcdStatusCode.FailedPrecondition, "etcdserver: user name already exists");

    /// <summary>There is no such user.</summary>
    public static readonly EtcdError UserNotFound =
        new(EtcdStatusCode.FailedPrecondition, "etcdserver: user name not found");

    /// <summary>A role has no name.</summary>
    public static readonly EtcdError RoleEmpty =
        new(EtcdStatusCode.InvalidArgument, "etcdserver: role name is empty");

    /// <summary>There is a role of that name.</summary>
    public static readonly EtcdError RoleAlreadyExists =
        new(EtcdStatusCode.FailedPrecondition, "etcdserver: role name already exists");

    /// <summary>There is no such role.</summary>
    public static readonly EtcdError RoleNotFound =
        new(EtcdStatusCode.FailedPrecondition, "etcdserver: role name not found");

    /// <summary>A role cannot be taken from who does not have it.</summary>
    public static readonly EtcdError RoleNotGranted =
        new(EtcdStatusCode.FailedPrecondition, "etcdserver: role is not granted to the user");

    /// <summary>A permission is to be granted, and none is named.</summary>
    public static readonly EtcdError PermissionNotGiven =
        new(EtcdStatusCode.InvalidArgument, "etcdserver: permission not given");

    /// <summary>A permission cannot be taken from a role that does not have it.</summary>
    public static readonly EtcdError PermissionNotGranted =
        new(EtcdStatusCode.FailedPrecondition, "etcdserver: permission is not granted to the role");

    /// <summary>A permission is for no key.</summary>
    public static readonly EtcdError InvalidAuthManagement =
        new(EtcdStatusCode.InvalidArgument, "etcdserver: invalid auth management");

    /// <summary>There is nothing to authenticate for.</summary>
    public static readonly EtcdError AuthNotEnabled =
        new(EtcdStatusCode.FailedPrecondition, "etcdserver: authentication is not enabled");

    // What this server does not do. The texts of streamed ranges are etcd's, the others are ours.

    /// <summary>A streamed range asks for an order other than that of its keys.</summary>
    public static readonly EtcdError StreamOfOtherOrder =
        new(EtcdStatusCode.Unimplemented, "RangeStream does not support custom sort orders");

    /// <summary>A streamed range asks for a filter by revision.</summary>
    public static readonly EtcdError StreamOfFilteredRange =
        new(EtcdStatusCode.Unimplemented, "RangeStream does not support revision filters");

    /// <summary>There is no older version of this server's formats.</summary>
    public static readonly EtcdError DowngradeNotSupported =
        new(EtcdStatusCode.Unimplemented, "etcdserver: quorate has formats of its own on disk, and no older version of them to downgrade to");

    /// <summary>Authentication cannot be switched on.</summary>
    public static readonly EtcdError AuthNotSupported =
        new(EtcdStatusCode.Unimplemented, "etcdserver: quorate stores users and roles but cannot enforce them yet, so authentication cannot be enabled");

    /// <summary>The members of a cluster are those that it was founded with.</summary>
    public static readonly EtcdError MembershipNotSupported =
        new(EtcdStatusCode.Unimplemented, "etcdserver: quorate cannot change the members of a running cluster yet");

    // The cluster cannot say yes just now. A write that ends in one of these certainly never takes effect …

    /// <summary>No leader is known.</summary>
    public static readonly EtcdError NoLeader =
        new(EtcdStatusCode.Unavailable, "etcdserver: no leader");

    /// <summary>Only the leader can do that, and this member is not it.</summary>
    public static readonly EtcdError NotLeader =
        new(EtcdStatusCode.FailedPrecondition, "etcdserver: not leader");

    /// <summary>Leadership moved before the request was taken.</summary>
    public static readonly EtcdError LeaderChanged =
        new(EtcdStatusCode.Unavailable, "etcdserver: leader changed");

    /// <summary>A queue is full.</summary>
    public static readonly EtcdError TooManyRequests =
        new(EtcdStatusCode.ResourceExhausted, "etcdserver: too many requests");

    /// <summary>A stream of parts was ended because its client took none of them for long, and held resources meanwhile.</summary>
    public static readonly EtcdError StreamNotRead =
        new(EtcdStatusCode.ResourceExhausted, "etcdserver: quorate ended a stream that its client did not read");

    // … while after one of these it may or may not have (spec W2).

    /// <summary>What is to be answered is larger than any message may be; a write is carried out all the same. Begins as the text of etcd's gRPC does.</summary>
    public static readonly EtcdError AnswerTooLarge = new(
        EtcdStatusCode.ResourceExhausted,
        "grpc: trying to send message larger than max: quorate answers with up to 1 GiB; read less at a time, by a limit or with RangeStream",
        mayHaveTakenEffect: true);

    /// <summary>There was no outcome in time.</summary>
    public static readonly EtcdError Timeout =
        new(EtcdStatusCode.Unavailable, "etcdserver: request timed out", mayHaveTakenEffect: true);

    /// <summary>There was no outcome in time, and the leader changed or was lost meanwhile.</summary>
    public static readonly EtcdError TimeoutDueToLeaderFailure =
        new(EtcdStatusCode.Unavailable, "etcdserver: request timed out, possibly due to previous leader failure", mayHaveTakenEffect: true);

    /// <summary>Leadership was not seen to move in time; it may yet. The code is etcd's, which has none of its own for it.</summary>
    public static readonly EtcdError TimeoutLeaderTransfer =
        new(EtcdStatusCode.Unknown, "etcdserver: request timed out, leader transfer took too long", mayHaveTakenEffect: true);

    /// <summary>This member is stopping.</summary>
    public static readonly EtcdError Stopped =
        new(EtcdStatusCode.Unavailable, "etcdserver: server stopped", mayHaveTakenEffect: true);

    private EtcdError(EtcdStatusCode code, string text, bool mayHaveTakenEffect = false)
    {
        Code = code;
        Text = text;
        MayHaveTakenEffect = mayHaveTakenEffect;
    }

    /// <summary>gRPC's code for it.</summary>
    public EtcdStatusCode Code { get; }

    /// <summary>The text that goes with the code.</summary>
    public string Text { get; }

    /// <summary>Whether a write that ended in it may yet have been, or be, carried out (spec W2).</summary>
    public bool MayHaveTakenEffect { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Code}: {Text}";
}
