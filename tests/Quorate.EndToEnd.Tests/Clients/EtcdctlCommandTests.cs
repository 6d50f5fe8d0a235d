using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.EndToEnd.Tests.Clients;

/// <summary>
/// Every command of Debian's etcdctl, as typed and as answered; <see cref="Transcript"/> says how to read a session.
/// <c>m1</c> to <c>m3</c> are the members; each session uses keys of its own.
/// </summary>
[Collection(ClientsCluster.Name)]
public sealed class EtcdctlCommandTests(ClientsCluster clients)
{
    private ClusterProcesses Cluster => clients.Processes;

    [NeedsEtcdctlFact]
    public Task Keys_and_values() => PlayAsync("""
        m1$ put kv/a 1
        OK
        m2$ put kv/a 2 --prev-kv
        OK
        kv/a
        1
        m3$ get kv/a -w fields
        ...
        "Revision" : {revision}
        ...
        "Version" : 2
        ...
        m1$ put kv/b 3
        OK
        m2$ get kv/ --prefix --rev={revision}
        kv/a
        2
        m3$ get kv/ --prefix --keys-only --order=DESCEND
        kv/b
        kv/a
        m1$ get kv/ --prefix --print-value-only --sort-by=VALUE --order=ASCEND --limit=1
        2
        m2$ get kv/a kv/b
        kv/a
        2
        m3$ get kv/b --from-key --limit=1
        kv/b
        3
        m1$ get kv/b --consistency=s
        kv/b
        3
        m2$ put kv/b --ignore-value
        OK
        m3$ put kv/none --ignore-value
        ! etcdserver: key not found
        m1$ put '' value
        ! etcdserver: key is not provided
        m1$ get kv/a --rev=1000000
        ! etcdserver: mvcc: required revision is a future revision
        m2$ del kv/ --prefix --prev-kv
        2
        kv/a
        2
        kv/b
        3
        m3$ get kv/ --prefix
        """);

    [NeedsEtcdctlFact]
    public Task Transactions() => PlayAsync("""
        m1$ txn
        < create("txn/a") = "0"
        <
        < put txn/a first
        < get txn/a
        <
        < get txn/a
        <
        SUCCESS
        OK
        txn/a
        first
        m2$ txn
        < value("txn/a") > "g"
        <
        < del txn/a
        <
        < get txn/a
        <
        FAILURE
        txn/a
        first
        m3$ txn
        <
        < put txn/a one
        < put txn/a two
        <
        <
        ! etcdserver: duplicate key given in txn request
        m3$ del txn/a
        1
        """);

    [NeedsEtcdctlFact]
    public Task Compaction() => PlayAsync("""
        m1$ put compacted 1 -w fields
        ...
        "Revision" : {first}
        ...
        m2$ put compacted 2 -w fields
        ...
        "Revision" : {second}
        ...
        m3$ compaction {second}
        compacted revision {second}
        m1$ get compacted --rev={first}
        ! etcdserver: mvcc: required revision has been compacted
        m2$ compaction {second} --physical
        ! etcdserver: mvcc: required revision has been compacted
        m3$ compaction 1000000
        ! etcdserver: mvcc: required revision is a future revision
        m1$ watch compacted --rev={first}
        ! watch is canceled by the server
        """);

    [NeedsEtcdctlFact]
    public Task Watches() => PlayAsync("""
        m1$ put watched/a before -w fields
        ...
        "Revision" : {start}
        ...
        # From a revision of the past: what was, and then what comes, at whatever member.
        m2$ watch watched/ --prefix --rev={start} --prev-kv &all
        all: PUT
        all: watched/a
        all: before
        m3$ watch watched/b --rev={start} &one
        m1$ put watched/b 1
        OK
        all: PUT
        all: watched/b
        all: 1
        one: PUT
        one: watched/b
        one: 1
        m3$ put watched/b 2
        OK
        all: PUT
        all: watched/b
        all: 1
        all: watched/b
        all: 2
        one: PUT
        one: watched/b
        one: 2
        m2$ del watched/ --prefix
        2
        all: DELETE
        all: watched/a
        all: before
        all: watched/a
        all:
        all: DELETE
        all: watched/b
        all: 2
        all: watched/b
        one: DELETE
        one: watched/b
        ^C all
        ^C one
        """);

    [NeedsEtcdctlFact]
    public Task Leases() => PlayAsync("""
        m1$ lease grant 600
        lease {lease} granted with TTL(600s)
        m2$ put leased/a 1 --lease={lease}
        OK
        m3$ put leased/b 2 --lease={lease}
        OK
        m1$ lease timetolive {lease}
        lease {lease} granted with TTL(600s), remaining(*s)
        m2$ lease timetolive {lease} --keys
        lease {lease} granted with TTL(600s), remaining(*s), attached keys([leased/a leased/b])
        m3$ lease list
        ...
        {lease}
        ...
        m2$ lease keep-alive {lease} --once
        lease {lease} keepalived with TTL(600)
        m3$ lease revoke {lease}
        lease {lease} revoked
        m1$ get leased/ --prefix
        m1$ lease revoke {lease}
        ! etcdserver: requested lease not found
        m2$ lease keep-alive {lease} --once
        ! etcdserver: requested lease not found
        m3$ lease keep-alive {lease}
        lease {lease} expired or revoked.
        m1$ lease timetolive {lease}
        lease {lease} already expired
        m2$ put leased/a 1 --lease={lease}
        ! etcdserver: requested lease not found
        m3$ lease grant 9000000001
        ! etcdserver: too large lease TTL
        m1$ put expiring soon -w fields
        ...
        "Revision" : {revision}
        ...
        m1$ lease grant 2
        lease {short} granted with TTL(2s)
        m2$ put expiring now --lease={short}
        OK
        # It is not kept alive, and takes its key with it.
        m3$ watch expiring --rev={revision} &w
        w: PUT
        w: expiring
        w: soon
        w: PUT
        w: expiring
        w: now
        w: DELETE
        w: expiring
        ^C w
        """);

    [NeedsEtcdctlFact]
    public Task Locks() => PlayAsync("""
        m1$ lock mutex &first
        first: mutex/{owner}
        m2$ lock mutex &second
        m3$ lock mutex true &third
        m1$ get mutex/{owner} --keys-only
        mutex/{owner}
        # Whoever comes next has it once the first lets go; the third runs its command after the second.
        ^C first
        second: mutex/*
        ^C second
        m1$ lock mutex echo mine
        mine
        m2$ lock mutex false
        ! Error: exit status 1
        """);

    [NeedsEtcdctlFact]
    public Task Elections() => PlayAsync("""
        m1$ elect ballot one &first
        first: ballot/{leader}
        first: one
        m2$ elect --listen ballot &observer
        observer: ballot/{leader}
        observer: one
        m3$ elect ballot two &second
        # The first resigns; the second, who waited, leads, and whoever looks on is told.
        ^C first
        second: ballot/{next}
        second: two
        observer: ballot/{next}
        observer: two
        ^C second
        ^C observer
        m1$ get ballot --prefix
        """);

    [NeedsEtcdctlFact]
    public Task Endpoints() => PlayAsync("""
        all$ endpoint health
        2> {m1} is healthy: successfully committed proposal: took =
        2> {m2} is healthy: successfully committed proposal: took =
        2> {m3} is healthy: successfully committed proposal: took =
        m1$ endpoint status
        127.0.0.1:*, *, *, *, *, false, *, *, *,
        all$ endpoint hashkv
        *, {hash}
        *, {hash}
        *, {hash}
        m1$ get none -w fields
        ...
        "Revision" : {revision}
        ...
        all$ endpoint hashkv --rev={revision}
        *, {again}
        *, {again}
        *, {again}
        """);

    [NeedsEtcdctlFact]
    public Task Alarms_and_defragmentation() => PlayAsync("""
        m1$ alarm list
        m2$ alarm disarm
        all$ defrag
        Finished defragmenting etcd member[*]
        Finished defragmenting etcd member[*]
        Finished defragmenting etcd member[*]
        """);

    [NeedsEtcdctlFact]
    public async Task Snapshots()
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("snapshot");
        await using Transcript transcript = new Transcript(Cluster).With("file", file);
        await transcript.PlayAsync("""
            m1$ put saved yes
            OK
            m2$ snapshot save {file}
            Snapshot saved at {file}
            """);

        new FileInfo(file).Length.ShouldBePositive();
    }

    [NeedsEtcdctlFact]
    public async Task Leadership_moves()
    {
        (string id, string ledBefore)[] members = await Task.WhenAll(Cluster.Members.Select(async member =>
        {
            using var client = new Client.QuorateClient(member.Endpoint);
            var status = await client.StatusAsync();
            return (status.Header.MemberId.ToString("x"), status.Leader.ToString("x"));
        }));
        int follower = Array.FindIndex(members, member => member.id != member.ledBefore);
        await using Transcript transcript = new Transcript(Cluster).With("target", members[follower].id);

        // etcdctl asks each endpoint until it finds the leader, and that one to hand over.
        await transcript.PlayAsync("""
            all$ move-leader {target}
            Leadership transferred from * to {target}
            all$ move-leader 123
            ! etcdserver: bad leader transferee
            """);
    }

    [NeedsEtcdctlFact]
    public Task Members() => PlayAsync("""
        m1$ member list
        {a}, started, m*, http://127.0.0.1:*, http://127.0.0.1:*, false
        {b}, started, m*, http://127.0.0.1:*, http://127.0.0.1:*, false
        {c}, started, m*, http://127.0.0.1:*, http://127.0.0.1:*, false
        """);

    /// <summary>The one thing that etcd itself does: not asked of it (<see cref="Programs.EtcdInstead"/>).</summary>
    [NeedsEtcdctlFact(OursOnly = true)]
    public Task Changes_of_members_are_refused_and_say_so() => PlayAsync("""
        m1$ member add m4 --peer-urls=http://127.0.0.1:1
        ! etcdserver: quorate cannot change the members of a running cluster yet
        m2$ member remove 1
        ! etcdserver: quorate cannot change the members of a running cluster yet
        m3$ member update 1 --peer-urls=http://127.0.0.1:1
        ! etcdserver: quorate cannot change the members of a running cluster yet
        m1$ member promote 1
        ! etcdserver: quorate cannot change the members of a running cluster yet
        """);

    [NeedsEtcdctlFact]
    public Task Users_and_roles_while_authentication_is_off() => PlayAsync("""
        m1$ user list
        m2$ role list
        m3$ user get nobody
        ! etcdserver: user name not found
        m1$ role get nothing
        ! etcdserver: role name not found
        """);

    [NeedsEtcdctlFact]
    public async Task A_mirror_of_one_cluster_in_another()
    {
        await using ClusterProcesses other = await ClusterProcesses.StartAsync(1);
        await using Transcript transcript = new Transcript(Cluster, other).With("destination", other.Members[0].Endpoint);
        await transcript.PlayAsync("""
            m1$ put mirrored/a before
            OK
            m2$ make-mirror {destination} --prefix mirrored/ --dest-prefix copy/ &mirror
            # What was there, then what comes; as the other cluster has it.
            other$ watch copy/ --prefix --rev=2 &copy
            copy: PUT
            copy: copy/a
            copy: before
            m3$ put mirrored/b after
            OK
            copy: PUT
            copy: copy/b
            copy: after
            m3$ del mirrored/a
            1
            copy: DELETE
            copy: copy/a
            copy:
            m1$ txn
            <
            < put mirrored/b together
            < put mirrored/c together
            <
            <
            SUCCESS
            OK
            OK
            copy: PUT
            copy: copy/b
            copy: together
            copy: PUT
            copy: copy/c
            copy: together
            ^C mirror
            ^C copy
            """);
    }

    private async Task PlayAsync(string session)
    {
        await using var transcript = new Transcript(Cluster);
        await transcript.PlayAsync(session);
    }
}
