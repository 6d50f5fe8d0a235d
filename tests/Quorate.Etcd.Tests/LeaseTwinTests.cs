using System.Text;
using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Tests.Support;
using Quorate.KeyValue.Leases;
using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Etcd.Tests;

/// <summary>
/// Random commands about leases and keys, against a twin that keeps two plain tables; on several members, which differ in
/// their clocks, in when they publish and in that some start anew from a snapshot.
/// </summary>
public class LeaseTwinTests
{
    private const int Keys = 12;
    private const int Leases = 8;

    private readonly SortedDictionary<string, long> keys = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, (long Ttl, long Remaining, long RenewedAt)> leases = [];
    private readonly EtcdStateMachine[] members = [new(), new(), new()];
    private long index;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Members_hold_what_the_naive_twin_holds_and_the_same_bytes(ulong seed)
    {
        SeededRandom random = new(seed);
        TimeSpan now = TimeSpan.Zero;
        for (int step = 0; step < 3000; step++)
        {
            Do(random);
            now += TimeSpan.FromMilliseconds(random.Next(2000));
            members[random.Next(3)].LeaseClock.Advance(now, TimeSpan.FromSeconds(1));
            foreach (EtcdStateMachine member in members.Where(_ => random.Next(3) == 0))
            {
                member.BatchApplied();
            }

            if (step % 50 == 0)
            {
                Compare();
                int restarted = random.Next(3);
                byte[] bytes = EtcdWorld.SnapshotBytes(members[restarted]);
                members[restarted] = new EtcdStateMachine();
                members[restarted].LoadSnapshot(new MemoryStream(bytes));
            }
        }

        leases.Count.ShouldBeGreaterThan(1, "the run is to keep some");
        Compare();
    }

    private void Do(SeededRandom random)
    {
        index += 1 + random.Next(3);
        long id = 1 + random.Next(Leases);
        string key = $"k{random.Next(Keys):00}";
        bool exists = leases.TryGetValue(id, out var lease);
        switch (random.Next(12))
        {
            case 0 or 1:
                long ttl = 1 + random.Next(100);
                Apply(16, new LeaseGrantRequest { ID = id, TTL = ttl });
                if (!exists)
                {
                    leases[id] = (ttl, ttl * 1000, index);
                }

                break;
            case 2:
                Apply(18, new LeaseKeepAliveRequest { ID = id });
                if (exists)
                {
                    leases[id] = (lease.Ttl, lease.Ttl * 1000, index);
                }

                break;
            case 3:
                Apply(17, new LeaseRevokeRequest { ID = id });
                Revoke(id);
                break;
            case 4:
                // One that is as it was seen, and one that was seen before a renewal or is not there.
                long other = 1 + random.Next(Leases);
                Apply(Batch(19, new LeaseDue(id, lease.RenewedAt, 0), new LeaseDue(other, 1, 0)));
                Revoke(id);
                break;
            case 5:
                long left = random.Next(100_000);
                Apply(Batch(20, new LeaseDue(id, lease.RenewedAt, left)));
                if (exists && left < lease.Remaining)
                {
                    leases[id] = lease with { Remaining = left };
                }

                break;
            case 6:
                Apply(2, new DeleteRangeRequest { Key = Ask.Bytes(key), RangeEnd = Ask.Bytes("k05") });
                foreach (string deleted in keys.Keys.Where(each => string.CompareOrdinal(each, key) >= 0 && string.CompareOrdinal(each, "k05") < 0).ToArray())
                {
                    keys.Remove(deleted);
                }

                break;
            case 7:
                // All or nothing: the second lease may not be there.
                long second = 1 + random.Next(Leases);
                Apply(3, Ask.Then(
                    Ask.Op(Ask.Delete(key)),
                    Ask.Op(new PutRequest { Key = Ask.Bytes("t1"), Lease = id }),
                    Ask.Op(new PutRequest { Key = Ask.Bytes("t2"), Lease = second })));
                if (exists && leases.ContainsKey(second))
                {
                    keys.Remove(key);
                    keys["t1"] = id;
                    keys["t2"] = second;
                }

                break;
            case 8:
                Apply(1, new PutRequest { Key = Ask.Bytes(key) });
                keys[key] = 0;
                break;
            default:
                Apply(1, new PutRequest { Key = Ask.Bytes(key), Lease = id });
                if (exists)
                {
                    keys[key] = id;
                }

                break;
        }
    }

    private void Revoke(long id)
    {
        if (leases.Remove(id))
        {
            foreach (string key in keys.Where(pair => pair.Value == id).Select(pair => pair.Key).ToArray())
            {
                keys.Remove(key);
            }
        }
    }

    private void Apply(byte kind, IMessage message) => Apply([kind, .. message.ToByteArray()]);

    private void Apply(byte[] command)
    {
        foreach (EtcdStateMachine member in members)
        {
            member.Apply(new AppliedCommand(1, index, command, ResultWanted: true));
        }
    }

    private static byte[] Batch(byte kind, params LeaseDue[] found) =>
        [kind, .. found.SelectMany(one => (byte[])[.. BitConverter.GetBytes(one.Id), .. BitConverter.GetBytes(one.RenewedAt), .. BitConverter.GetBytes(one.RemainingMilliseconds)])];

    private void Compare()
    {
        byte[] first = EtcdWorld.SnapshotBytes(members[0]);
        foreach (EtcdStateMachine member in members)
        {
            EtcdWorld.SnapshotBytes(member).ShouldBe(first);
            member.CurrentLeases.All.Select(lease => (lease.Id, lease.TtlSeconds, lease.RemainingMilliseconds, lease.RenewedAt))
                .ShouldBe(leases.Select(pair => (pair.Key, pair.Value.Ttl, pair.Value.Remaining, pair.Value.RenewedAt)));
            foreach (Lease lease in member.CurrentLeases.All)
            {
                lease.Keys.Select(key => Encoding.UTF8.GetString(key.Span)).ShouldBe(keys.Where(pair => pair.Value == lease.Id).Select(pair => pair.Key));
            }

            member.Current.Range(new KeyValue.RangeQuery { Keys = KeyValue.KeyRange.From(default) }).Records
                .Select(record => (Encoding.UTF8.GetString(record.Key.Span), record.Lease)).ShouldBe(keys.Select(pair => (pair.Key, pair.Value)));
        }
    }
}
