"""What Debian's python3-etcd3 offers, with what must come back. Endpoints of the members: QUORATE_ENDPOINTS.

Run by PythonClientTests; by hand: QUORATE_ENDPOINTS=127.0.0.1:12379,... python3 -m unittest -v exercise
"""
import hashlib
import io
import os
import queue
import threading
import unittest

import etcd3
import grpc

ENDPOINTS = [endpoint.rsplit(':', 1) for endpoint in os.environ['QUORATE_ENDPOINTS'].split(',')]
# Bounds every wait: a test that comes to it has failed.
PATIENCE = 30


# The client's watching thread goes on when its channel is closed, and fails; nobody is interested.
threading.excepthook = lambda failure: None if isinstance(failure.exc_value, ValueError) else threading.__excepthook__(failure)


def connect(member=0):
    host, port = ENDPOINTS[member % len(ENDPOINTS)]
    return etcd3.client(host=host, port=int(port), timeout=PATIENCE, grpc_options=[
        ('grpc.initial_reconnect_backoff_ms', 100), ('grpc.max_reconnect_backoff_ms', 1000)])


class Exercise(unittest.TestCase):
    def setUp(self):
        self.client = connect()
        self.other = connect(1)
        self.prefix = 'python/' + self.id().rsplit('.', 1)[-1] + '/'
        self.addCleanup(self.client.close)
        self.addCleanup(self.other.close)
        # From an earlier run against the same cluster, by hand.
        self.client.delete_prefix(self.prefix)
        self.client.delete_prefix('/locks/' + self.prefix)

    def key(self, name):
        return self.prefix + name


class KeysAndValues(Exercise):
    def test_put_get_and_delete(self):
        put = self.client.put(self.key('a'), 'one')
        value, metadata = self.other.get(self.key('a'))
        self.assertEqual(value, b'one')
        self.assertEqual(metadata.key, self.key('a').encode())
        self.assertEqual(metadata.mod_revision, put.header.revision)
        self.assertEqual(metadata.create_revision, put.header.revision)
        self.assertEqual(metadata.version, 1)
        self.assertEqual(metadata.lease_id, 0)
        self.assertGreaterEqual(metadata.response_header.revision, put.header.revision)

        replaced = self.client.put(self.key('a'), b'\x00\xff', prev_kv=True)
        self.assertEqual(replaced.prev_kv.value, b'one')
        self.assertEqual(self.client.get(self.key('a'), serializable=True)[0], b'\x00\xff')
        deleted = self.client.delete(self.key('a'), prev_kv=True, return_response=True)
        self.assertEqual((deleted.deleted, deleted.prev_kvs[0].value), (1, b'\x00\xff'))
        self.assertFalse(self.client.delete(self.key('a')))
        self.assertEqual(self.other.get(self.key('a')), (None, None))

    def test_put_if_not_exists_and_replace(self):
        self.assertTrue(self.client.put_if_not_exists(self.key('a'), 'one'))
        self.assertFalse(self.other.put_if_not_exists(self.key('a'), 'two'))
        self.assertFalse(self.client.replace(self.key('a'), 'two', 'three'))
        self.assertTrue(self.other.replace(self.key('a'), 'one', 'three'))
        self.assertEqual(self.client.get(self.key('a'))[0], b'three')

    def test_prefixes_ranges_and_orders(self):
        for name, value in (('a', '3'), ('b', '1'), ('c', '2')):
            self.client.put(self.key(name), value)

        def keys(records):
            return [metadata.key.decode()[len(self.prefix):] for _, metadata in records]

        self.assertEqual(keys(self.other.get_prefix(self.prefix)), ['a', 'b', 'c'])
        self.assertEqual(keys(self.other.get_prefix(self.prefix, sort_order='descend')), ['c', 'b', 'a'])
        self.assertEqual(keys(self.other.get_prefix(self.prefix, sort_order='ascend', sort_target='value')), ['b', 'c', 'a'])
        self.assertEqual([value for value, _ in self.client.get_prefix(self.prefix, keys_only=True)], [b'', b'', b''])
        self.assertEqual(keys(self.client.get_range(self.key('a'), self.key('c'))), ['a', 'b'])
        self.assertTrue({'a', 'b', 'c'} <= {key[len(self.prefix):] for key in
                                            (metadata.key.decode() for _, metadata in self.client.get_all())})
        self.assertEqual(self.client.delete_prefix(self.prefix).deleted, 3)

    def test_what_cannot_be_is_refused(self):
        with self.assertRaises(grpc.RpcError) as refused:
            self.client.put('', 'value')
        self.assertEqual(refused.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)
        self.assertEqual(refused.exception.details(), 'etcdserver: key is not provided')


class Transactions(Exercise):
    def test_compares_and_operations(self):
        transactions = self.client.transactions
        succeeded, answers = self.client.transaction(
            compare=[transactions.create(self.key('a')) == 0],
            success=[transactions.put(self.key('a'), 'one'), transactions.get(self.key('a'))],
            failure=[])
        self.assertTrue(succeeded)
        self.assertEqual(answers[1][0][0], b'one')
        created = answers[1][0][1].create_revision

        succeeded, answers = self.other.transaction(
            compare=[
                transactions.value(self.key('a')) == 'one',
                transactions.version(self.key('a')) > 0,
                transactions.mod(self.key('a')) < created,
            ],
            success=[transactions.delete(self.key('a'))],
            failure=[transactions.get(self.key('a')), transactions.put(self.key('b'), 'failed', prev_kv=True)])
        self.assertFalse(succeeded)
        self.assertEqual(answers[0][0][0], b'one')
        self.assertEqual(self.client.get(self.key('b'))[0], b'failed')

    def test_nested_transactions(self):
        transactions = self.client.transactions
        self.client.put(self.key('a'), 'one')
        succeeded, _ = self.client.transaction(
            compare=[transactions.value(self.key('a')) != 'two'],
            success=[transactions.txn(
                compare=[transactions.value(self.key('a')) == 'one'],
                success=[transactions.put(self.key('inner'), 'yes')],
                failure=[transactions.put(self.key('inner'), 'no')])],
            failure=[])
        self.assertTrue(succeeded)
        self.assertEqual(self.other.get(self.key('inner'))[0], b'yes')


class Watches(Exercise):
    def test_an_iterator_gets_what_comes_and_ends_when_cancelled(self):
        events, cancel = self.client.watch(self.key('a'))
        for value in ('one', 'two'):
            self.other.put(self.key('a'), value)
        self.other.delete(self.key('a'))
        seen = [next(events) for _ in range(3)]
        self.assertEqual([type(event) for event in seen], [etcd3.events.PutEvent, etcd3.events.PutEvent, etcd3.events.DeleteEvent])
        self.assertEqual([event.value for event in seen], [b'one', b'two', b''])
        self.assertEqual([event.mod_revision for event in seen], sorted({event.mod_revision for event in seen}))
        cancel()
        self.assertEqual(list(events), [])

    def test_a_prefix_from_a_revision_of_the_past_with_what_was_before(self):
        first = self.client.put(self.key('a'), 'one').header.revision
        self.client.put(self.key('b'), 'two')
        self.client.put(self.key('a'), 'three')
        events, cancel = self.other.watch_prefix(self.prefix, start_revision=first, prev_kv=True)
        seen = [next(events) for _ in range(3)]
        self.assertEqual([(event.key.decode()[len(self.prefix):], event.value, event.prev_value) for event in seen],
                         [('a', b'one', b''), ('b', b'two', b''), ('a', b'three', b'one')])
        cancel()

    def test_callbacks_on_a_range_and_a_prefix(self):
        got = queue.Queue()
        in_prefix = queue.Queue()
        watch = self.client.add_watch_callback(self.key('a'), got.put, range_end=self.key('c'))
        prefix = self.client.add_watch_prefix_callback(self.prefix, in_prefix.put)
        self.other.put(self.key('c'), 'outside')
        self.other.put(self.key('b'), 'one')
        self.other.delete(self.key('b'))
        put, delete = got.get(timeout=PATIENCE), got.get(timeout=PATIENCE)
        self.assertEqual([event.value for event in put.events], [b'one'])
        self.assertIsInstance(delete.events[0], etcd3.events.DeleteEvent)
        self.assertEqual(delete.header.revision, put.header.revision + 1)
        self.assertEqual([in_prefix.get(timeout=PATIENCE).events[0].value for _ in range(3)], [b'outside', b'one', b''])
        self.client.cancel_watch(watch)
        self.client.cancel_watch(prefix)
        # Both are gone: what a new watch hears, they no longer do.
        events, cancel = self.client.watch(self.key('b'))
        self.other.put(self.key('b'), 'two')
        next(events)
        self.assertTrue(got.empty() and in_prefix.empty())
        cancel()

    def test_a_transaction_comes_as_one_answer(self):
        responses, cancel = self.client.watch_prefix_response(self.prefix)
        transactions = self.client.transactions
        self.other.transaction(compare=[], success=[transactions.put(self.key(name), 'v') for name in 'abc'], failure=[])
        response = next(responses)
        self.assertEqual([event.key.decode()[len(self.prefix):] for event in response.events], ['a', 'b', 'c'])
        self.assertEqual({event.mod_revision for event in response.events}, {response.header.revision})
        cancel()

    def test_watch_once(self):
        timer = threading.Timer(0.2, lambda: self.other.put(self.key('a'), 'one'))
        timer.start()
        self.assertEqual(self.client.watch_once(self.key('a'), timeout=PATIENCE).value, b'one')
        timer = threading.Timer(0.2, lambda: self.other.put(self.key('b'), 'two'))
        timer.start()
        self.assertEqual(self.client.watch_prefix_once(self.prefix, timeout=PATIENCE).value, b'two')
        with self.assertRaises(etcd3.exceptions.WatchTimedOut):
            self.client.watch_once(self.key('never'), timeout=0.1)

    def test_a_revision_that_is_compacted_is_told(self):
        first = self.client.put(self.key('a'), 'one').header.revision
        last = self.client.put(self.key('a'), 'two').header.revision
        self.client.compact(last)
        events, _ = self.client.watch(self.key('a'), start_revision=first)
        with self.assertRaises(etcd3.exceptions.RevisionCompactedError) as compacted:
            next(events)
        self.assertEqual(compacted.exception.compacted_revision, last)

    def test_many_watches_on_one_stream(self):
        got = queue.Queue()
        watches = [self.client.add_watch_callback(self.key(str(i)), got.put) for i in range(200)]
        self.assertEqual(len(set(watches)), 200)
        for i in range(200):
            self.other.put(self.key(str(i)), str(i))
        self.assertEqual([got.get(timeout=PATIENCE).events[0].value for _ in range(200)], [str(i).encode() for i in range(200)])
        for watch in watches:
            self.client.cancel_watch(watch)


class Leases(Exercise):
    def test_a_lease_with_keys_is_refreshed_and_revoked(self):
        lease = self.client.lease(600)
        self.client.put(self.key('a'), 'one', lease=lease)
        self.client.put(self.key('b'), 'two', lease=lease.id)
        self.assertEqual(self.other.get(self.key('a'))[1].lease_id, lease.id)
        self.assertEqual(lease.granted_ttl, 600)
        self.assertTrue(0 < lease.remaining_ttl <= 600)
        self.assertEqual(sorted(lease.keys), [self.key('a').encode(), self.key('b').encode()])
        refreshed = lease.refresh()
        self.assertEqual([(answer.ID, answer.TTL) for answer in refreshed], [(lease.id, 600)])

        lease.revoke()
        self.assertEqual(list(self.client.get_prefix(self.prefix)), [])
        self.assertEqual(lease.remaining_ttl, -1)
        self.assertEqual([answer.TTL for answer in lease.refresh()], [0])
        with self.assertRaises(grpc.RpcError) as refused:
            lease.revoke()
        self.assertEqual(refused.exception.details(), 'etcdserver: requested lease not found')

    def test_an_id_of_ones_own(self):
        lease = self.client.lease(600, lease_id=0x1d)
        self.addCleanup(lease.revoke)
        self.assertEqual((lease.id, lease.ttl), (0x1d, 600))
        with self.assertRaises(etcd3.exceptions.PreconditionFailedError):
            self.other.lease(600, lease_id=0x1d)

    def test_a_lease_that_runs_out_takes_its_keys(self):
        lease = self.client.lease(2)
        self.client.put(self.key('a'), 'one', lease=lease)
        events, cancel = self.other.watch(self.key('a'), start_revision=self.client.get(self.key('a'))[1].mod_revision + 1)
        self.assertIsInstance(next(events), etcd3.events.DeleteEvent)
        cancel()
        self.assertEqual(self.client.get(self.key('a'))[0], None)


class Locks(Exercise):
    def test_one_holds_it_at_a_time(self):
        # Debian's tenacity is too new for this client: where the lock is taken, acquire fails before it waits.
        lock = self.client.lock(self.key('lock'), ttl=60)
        rival = self.other.lock(self.key('lock'), ttl=60)
        self.assertTrue(lock.acquire(timeout=PATIENCE))
        self.assertTrue(lock.is_acquired())
        self.assertFalse(self.acquires(rival))
        self.assertFalse(rival.is_acquired())
        self.assertEqual([answer.TTL for answer in lock.refresh()], [60])

        released, cancel = self.other.watch(lock.key)
        self.assertTrue(lock.release())
        self.assertIsInstance(next(released), etcd3.events.DeleteEvent)
        cancel()
        self.assertTrue(self.acquires(rival))
        self.assertTrue(rival.is_acquired())
        self.assertFalse(lock.is_acquired())
        self.assertFalse(lock.release())
        self.assertTrue(rival.release())

    @staticmethod
    def acquires(lock):
        try:
            return lock.acquire(timeout=0)
        except TypeError:
            return False

    def test_as_a_context(self):
        with self.client.lock(self.key('lock'), ttl=60) as lock:
            self.assertTrue(lock.is_acquired())
        self.assertFalse(lock.is_acquired())


class Maintenance(Exercise):
    def test_members_and_status(self):
        members = list(self.client.members)
        self.assertEqual(sorted(member.name for member in members), ['m1', 'm2', 'm3'])
        self.assertEqual({url for member in members for url in member.client_urls},
                         {'http://%s:%s' % (host, port) for host, port in ENDPOINTS})
        self.assertEqual([list(member.active_alarms) for member in members], [[], [], []])
        status = self.client.status()
        self.assertIn(status.leader.id, [member.id for member in members])
        self.assertGreater(status.db_size, 0)
        self.assertGreater(status.raft_term, 0)
        self.assertGreater(status.raft_index, 0)
        self.assertRegex(status.version, r'^3\.\d+\.\d+$')

    def test_alarms(self):
        self.assertEqual(list(self.client.list_alarms()), [])
        member = next(iter(self.client.members))
        raised = self.client.create_alarm(member_id=member.id)
        self.assertEqual([(alarm.alarm_type, alarm.member_id) for alarm in raised], [(1, member.id)])
        self.assertEqual([alarm.member_id for alarm in self.other.list_alarms()], [member.id])
        with self.assertRaises(grpc.RpcError) as refused:
            self.client.put(self.key('a'), 'one')
        self.assertEqual(refused.exception.code(), grpc.StatusCode.RESOURCE_EXHAUSTED)
        self.assertEqual(refused.exception.details(), 'etcdserver: mvcc: database space exceeded')
        self.assertEqual([alarm.member_id for alarm in self.client.disarm_alarm(member_id=member.id)], [member.id])
        self.client.put(self.key('a'), 'one')

    def test_snapshot(self):
        file = io.BytesIO()
        self.client.snapshot(file)
        # The last 32 bytes are the SHA-256 of all before them, as with etcd.
        content = file.getvalue()
        self.assertEqual(hashlib.sha256(content[:-32]).digest(), content[-32:])

    def test_hash_and_defragmentation(self):
        self.client.defragment()
        self.assertEqual(self.client.hash(), self.client.hash())

    def test_compaction(self):
        first = self.client.put(self.key('a'), 'one').header.revision
        last = self.client.put(self.key('a'), 'two').header.revision
        self.client.compact(last, physical=True)
        with self.assertRaises(grpc.RpcError) as refused:
            self.client.compact(first)
        self.assertEqual(refused.exception.code(), grpc.StatusCode.OUT_OF_RANGE)
        self.assertEqual(refused.exception.details(), 'etcdserver: mvcc: required revision has been compacted')


if __name__ == '__main__':
    unittest.main(verbosity=2)
