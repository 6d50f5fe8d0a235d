"""What python3-etcd3 does when the member that it talks to is killed, and comes back.

Says "kill 0" and "start 0" when that is to be done, and waits for a line each time. Run by PythonClientTests.
"""
import queue
import time

import etcd3
import grpc

from exercise import PATIENCE, connect


def ask(what):
    print(what, flush=True)
    input()


def until_it_answers(call):
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return call()
        except etcd3.exceptions.ConnectionFailedError:
            assert time.monotonic() < deadline, 'it does not answer again'
            time.sleep(0.1)


client, watching, other = connect(0), connect(0), connect(1)
got = queue.Queue()
lease = client.lease(600)
written = client.put('python/reconnect', 'before', lease=lease).header.revision
watching.add_watch_callback('python/reconnect', got.put)

ask('kill 0')
# The watch is told that its stream broke, and calls that they cannot get through; the other members go on.
assert isinstance(got.get(timeout=PATIENCE), grpc.RpcError)
# It tries again without a pause, on a thread of its own: left alone, it would take all the time there is.
watching.close()
try:
    client.get('python/reconnect')
    raise AssertionError('there is nobody to answer')
except etcd3.exceptions.ConnectionFailedError:
    pass
assert other.get('python/reconnect')[0] == b'before'
other.put('python/reconnect', 'meanwhile', lease=lease.id)

ask('start 0')
# The same client finds it again: what was written meanwhile, its lease, and from where it was the events.
assert until_it_answers(lambda: client.get('python/reconnect'))[0] == b'meanwhile'
assert [answer.TTL for answer in lease.refresh()] == [600]
events, cancel = client.watch('python/reconnect', start_revision=written + 1)
assert next(events).value == b'meanwhile'
lease.revoke()
assert isinstance(next(events), etcd3.events.DeleteEvent)
cancel()
print('done', flush=True)
