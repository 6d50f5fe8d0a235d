namespace Quorate.Etcd.Tests;

/// <summary>Clients compare the texts: they are etcd's, byte for byte (its api/v3rpc/rpctypes).</summary>
public class ErrorTests
{
    public static TheoryData<string, int, string> Table => new()
    {
        { nameof(EtcdError.EmptyKey), 3, "etcdserver: key is not provided" },
        { nameof(EtcdError.KeyNotFound), 3, "etcdserver: key not found" },
        { nameof(EtcdError.ValueProvided), 3, "etcdserver: value is provided" },
        { nameof(EtcdError.LeaseProvided), 3, "etcdserver: lease is provided" },
        { nameof(EtcdError.TooManyOperations), 3, "etcdserver: too many operations in txn request" },
        { nameof(EtcdError.DuplicateKey), 3, "etcdserver: duplicate key given in txn request" },
        { nameof(EtcdError.InvalidSortOption), 3, "etcdserver: invalid sort option" },
        { nameof(EtcdError.RequestTooLarge), 3, "etcdserver: request is too large" },
        { nameof(EtcdError.Compacted), 11, "etcdserver: mvcc: required revision has been compacted" },
        { nameof(EtcdError.FutureRevision), 11, "etcdserver: mvcc: required revision is a future revision" },
        { nameof(EtcdError.NoSpace), 8, "etcdserver: mvcc: database space exceeded" },
        { nameof(EtcdError.LeaseNotFound), 5, "etcdserver: requested lease not found" },
        { nameof(EtcdError.LeaseExists), 9, "etcdserver: lease already exists" },
        { nameof(EtcdError.LeaseTtlTooLarge), 11, "etcdserver: too large lease TTL" },
        { nameof(EtcdError.MemberNotFound), 5, "etcdserver: member not found" },
        { nameof(EtcdError.BadLeaderTransferee), 9, "etcdserver: bad leader transferee" },
        { nameof(EtcdError.NotSupportedForLearner), 9, "etcdserver: rpc not supported for learner" },
        { nameof(EtcdError.NotCapable), 9, "etcdserver: not capable" },
        { nameof(EtcdError.Corrupt), 15, "etcdserver: corrupt cluster" },
        { nameof(EtcdError.WrongDowngradeVersionFormat), 3, "etcdserver: wrong downgrade target version format" },
        { nameof(EtcdError.InvalidDowngradeTargetVersion), 3, "etcdserver: invalid downgrade target version" },
        { nameof(EtcdError.Unhealthy), 14, "etcdserver: unhealthy cluster" },
        { nameof(EtcdError.StreamOfOtherOrder), 12, "RangeStream does not support custom sort orders" },
        { nameof(EtcdError.StreamOfFilteredRange), 12, "RangeStream does not support revision filters" },
        { nameof(EtcdError.DowngradeNotSupported), 12, "etcdserver: quorate has formats of its own on disk, and no older version of them to downgrade to" },
        { nameof(EtcdError.RootUserMissing), 9, "etcdserver: root user does not exist" },
        { nameof(EtcdError.RootRoleMissing), 9, "etcdserver: root user does not have root role" },
        { nameof(EtcdError.UserEmpty), 3, "etcdserver: user name is empty" },
        { nameof(EtcdError.UserAlreadyExists), 9, "etcdserver: user name already exists" },
        { nameof(EtcdError.UserNotFound), 9, "etcdserver: user name not found" },
        { nameof(EtcdError.RoleEmpty), 3, "etcdserver: role name is empty" },
        { nameof(EtcdError.RoleAlreadyExists), 9, "etcdserver: role name already exists" },
        { nameof(EtcdError.RoleNotFound), 9, "etcdserver: role name not found" },
        { nameof(EtcdError.RoleNotGranted), 9, "etcdserver: role is not granted to the user" },
        { nameof(EtcdError.PermissionNotGiven), 3, "etcdserver: permission not given" },
        { nameof(EtcdError.PermissionNotGranted), 9, "etcdserver: permission is not granted to the role" },
        { nameof(EtcdError.InvalidAuthManagement), 3, "etcdserver: invalid auth management" },
        { nameof(EtcdError.AuthNotEnabled), 9, "etcdserver: authentication is not enabled" },
        { nameof(EtcdError.AuthNotSupported), 12, "etcdserver: quorate stores users and roles but cannot enforce them yet, so authentication cannot be enabled" },
        { nameof(EtcdError.MembershipNotSupported), 12, "etcdserver: quorate cannot change the members of a running cluster yet" },
        { nameof(EtcdError.NoLeader), 14, "etcdserver: no leader" },
        { nameof(EtcdError.NotLeader), 9, "etcdserver: not leader" },
        { nameof(EtcdError.LeaderChanged), 14, "etcdserver: leader changed" },
        { nameof(EtcdError.TooManyRequests), 8, "etcdserver: too many requests" },
        { nameof(EtcdError.StreamNotRead), 8, "etcdserver: quorate ended a stream that its client did not read" },
        { nameof(EtcdError.AnswerTooLarge), 8, "grpc: trying to send message larger than max: quorate answers with up to 1 GiB; read less at a time, by a limit or with RangeStream" },
        { nameof(EtcdError.Timeout), 14, "etcdserver: request timed out" },
        { nameof(EtcdError.TimeoutDueToLeaderFailure), 14, "etcdserver: request timed out, possibly due to previous leader failure" },
        { nameof(EtcdError.TimeoutLeaderTransfer), 2, "etcdserver: request timed out, leader transfer took too long" },
        { nameof(EtcdError.Stopped), 14, "etcdserver: server stopped" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void An_error_has_etcds_code_and_text(string name, int code, string text)
    {
        EtcdError error = Find(name);
        ((int)error.Code).ShouldBe(code);
        error.Text.ShouldBe(text);
    }

    [Fact]
    public void The_table_names_every_error()
    {
        typeof(EtcdError).GetFields().Where(field => field.IsStatic).Select(field => field.Name)
            .ShouldBe(Table.Select(row => (string)row[0]), ignoreOrder: true);
    }

    [Fact]
    public void Only_a_timeout_a_stop_and_an_answer_too_large_leave_open_whether_a_write_took_effect()
    {
        Table.Select(row => (string)row[0]).Where(name => Find(name).MayHaveTakenEffect)
            .ShouldBe(
                [nameof(EtcdError.Timeout), nameof(EtcdError.TimeoutDueToLeaderFailure), nameof(EtcdError.TimeoutLeaderTransfer), nameof(EtcdError.Stopped), nameof(EtcdError.AnswerTooLarge)],
                ignoreOrder: true);
    }

    private static EtcdError Find(string name) =>
        typeof(EtcdError).GetField(name)!.GetValue(null).ShouldBeOfType<EtcdError>();
}
