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
        { nameof(EtcdError.NoLeader), 14, "etcdserver: no leader" },
        { nameof(EtcdError.NotLeader), 9, "etcdserver: not leader" },
        { nameof(EtcdError.LeaderChanged), 14, "etcdserver: leader changed" },
        { nameof(EtcdError.TooManyRequests), 8, "etcdserver: too many requests" },
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
    public void Only_a_timeout_and_a_stop_leave_open_whether_a_write_took_effect()
    {
        Table.Select(row => (string)row[0]).Where(name => Find(name).MayHaveTakenEffect)
            .ShouldBe(
                [nameof(EtcdError.Timeout), nameof(EtcdError.TimeoutDueToLeaderFailure), nameof(EtcdError.TimeoutLeaderTransfer), nameof(EtcdError.Stopped)],
                ignoreOrder: true);
    }

    private static EtcdError Find(string name) =>
        typeof(EtcdError).GetField(name)!.GetValue(null).ShouldBeOfType<EtcdError>();
}
