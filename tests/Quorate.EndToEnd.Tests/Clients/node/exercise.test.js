// What npm's etcd3 offers, with what must come back. Endpoints of the members: QUORATE_ENDPOINTS.
// Run by NodeClientTests; by hand: QUORATE_ENDPOINTS=127.0.0.1:12379,... node --test
'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { after, before, test } = require('node:test');
const { Etcd3, EtcdLeaseInvalidError, EtcdLockFailedError, Range } = require('etcd3');

// Its enumerations are gone when it is compiled.
const SerializableSnapshot = 0;

const hosts = process.env.QUORATE_ENDPOINTS.split(',');
const all = new Etcd3({ hosts });

let client;
before(async () => {
  client = all.namespace('node/');
  // From an earlier run against the same cluster, by hand.
  await client.delete().all();
});
after(() => all.close());

/** The next events of a watcher, whose handlers must be there before what causes them. */
function take(emitter, names, count) {
  const seen = [];
  return new Promise((resolve, reject) => {
    emitter.on('error', reject);
    for (const name of names) {
      emitter.on(name, (...arguments_) => {
        seen.push([name, ...arguments_]);
        if (seen.length === count) {
          resolve(seen);
        }
      });
    }
  });
}

test('keys and values of all kinds, and what is not there', async () => {
  await client.put('kv/text').value('hello');
  await client.put('kv/number').value(42);
  await client.put('kv/json').value(JSON.stringify({ a: [1] }));
  await client.put('kv/bytes').value(Buffer.from([0, 255]));
  assert.equal(await client.get('kv/text').string(), 'hello');
  assert.equal(await client.get('kv/number').number(), 42);
  assert.deepEqual(await client.get('kv/json').json(), { a: [1] });
  assert.deepEqual(await client.get('kv/bytes').buffer(), Buffer.from([0, 255]));
  assert.equal(await client.get('kv/none'), null);
  assert.equal(await client.get('kv/none').exists(), false);
  assert.equal(await client.get('kv/text').serializable(true).exists(), true);

  const previous = await client.put('kv/text').value('again').getPrevious();
  assert.equal(previous.value.toString(), 'hello');
  assert.equal(await client.get('kv/text').revision(previous.mod_revision).string(), 'hello');
  const touched = await client.put('kv/text').touch();
  const record = (await client.get('kv/text').exec()).kvs[0];
  assert.equal(record.value.toString(), 'again');
  assert.equal(record.mod_revision, touched.header.revision);
  assert.equal(record.version, '3');
});

test('ranges: prefixes, limits, orders, counts, and revisions', async () => {
  for (const [name, value] of [['a', 3], ['b', 1], ['c', 2]]) {
    await client.put(`range/${name}`).value(value);
  }

  const range = () => client.getAll().prefix('range/');
  assert.deepEqual(await range().numbers(), { 'range/a': 3, 'range/b': 1, 'range/c': 2 });
  assert.deepEqual(await range().sort('Key', 'Descend').keys(), ['range/c', 'range/b', 'range/a']);
  assert.deepEqual(Object.keys(await range().sort('Value', 'Ascend').limit(2).strings()), ['range/b', 'range/c']);
  assert.equal(await range().count(), 3);
  assert.deepEqual(await client.getAll().inRange({ start: 'range/a', end: 'range/c' }).keys(), ['range/a', 'range/b']);
  assert.deepEqual(await client.getAll().inRange(new Range('range/b', Range.prefix('range/').end)).keys(), ['range/b', 'range/c']);
  const { kvs } = await range().exec();
  assert.deepEqual(await range().minModRevision(kvs[1].mod_revision).keys(), ['range/b', 'range/c']);
  assert.deepEqual(await range().maxCreateRevision(kvs[0].create_revision).keys(), ['range/a']);

  assert.equal((await client.delete().key('range/a').getPrevious())[0].value.toString(), '3');
  assert.equal((await client.delete().prefix('range/').exec()).deleted, '2');
  assert.equal(await range().count(), 0);
});

test('namespaces hide what is outside, and may be nested', async () => {
  const inner = client.namespace('space/');
  await inner.put('a').value('inside');
  await client.put('outside').value('outside');
  assert.deepEqual(await inner.getAll().strings(), { a: 'inside' });
  assert.equal(await client.get('space/a').string(), 'inside');
  await inner.delete().all();
  assert.equal(await client.get('outside').string(), 'outside');
});

test('transactions compare, and then do one or the other', async () => {
  const attempt = () => client
    .if('txn/a', 'Create', '==', 0)
    .then(client.put('txn/a').value('first'), client.get('txn/a'))
    .else(client.get('txn/a'))
    .commit();
  const first = await attempt();
  assert.equal(first.succeeded, true);
  assert.equal(first.responses[1].response_range.kvs[0].value.toString(), 'first');
  const second = await attempt();
  assert.equal(second.succeeded, false);
  assert.equal(second.responses[0].response_range.kvs[0].value.toString(), 'first');
  const third = await client
    .if('txn/a', 'Value', '==', 'first')
    .and('txn/a', 'Version', '<', 2)
    .and('txn/a', 'Mod', '>', 0)
    .then(client.delete().key('txn/a'))
    .commit();
  assert.equal(third.responses[0].response_delete_range.deleted, '1');
});

test('software transactions try again when what they read has changed', async () => {
  await client.put('stm/account').value(100);
  const withdraw = amount => client.stm({ isolation: SerializableSnapshot, retries: 20 }).transact(async transaction => {
    const left = await transaction.get('stm/account').number();
    await transaction.put('stm/account').value(left - amount);
  });
  await Promise.all([10, 20, 30].map(withdraw));
  assert.equal(await client.get('stm/account').number(), 40);
});

test('leases are kept alive, and revoked with their keys', async () => {
  const lease = client.lease(600);
  await lease.put('lease/a').value('one');
  await client.put('lease/b').value('two').lease(lease.grant());
  const id = await lease.grant();
  assert.equal((await client.get('lease/a').exec()).kvs[0].lease, id);
  assert.equal((await lease.keepaliveOnce()).TTL, '600');
  const left = await client.leaseClient.leaseTimeToLive({ ID: id, keys: true });
  assert.equal(left.grantedTTL, '600');
  assert.deepEqual(left.keys.map(String), ['node/lease/a', 'node/lease/b']);
  assert.ok((await client.leaseClient.leaseLeases({})).leases.some(other => other.ID === id));
  await lease.revoke();
  assert.equal(await client.getAll().prefix('lease/').count(), 0);
  await assert.rejects(async () => client.put('lease/a').value('late').lease(id), EtcdLeaseInvalidError);
});

test('a lease that is taken away is told lost', async () => {
  const lease = client.lease(1);
  const id = await lease.grant();
  await once(lease, 'keepaliveEstablished');
  const lost = once(lease, 'lost');
  await client.leaseClient.leaseRevoke({ ID: id });
  assert.ok((await lost)[0] instanceof EtcdLeaseInvalidError);
  assert.equal(lease.revoked(), true);
});

test('watches get what comes, in order, once, with what was before', async () => {
  const watcher = await client.watch().prefix('watch/').withPreviousKV().create();
  const seen = take(watcher, ['put', 'delete'], 3);
  await client.put('watch/a').value('one');
  await client.put('watch/a').value('two');
  await client.delete().key('watch/a');
  assert.deepEqual(
    (await seen).map(([name, kv, before]) => [name, kv.key.toString(), kv.value.toString(), before ? before.value.toString() : '']),
    [['put', 'watch/a', 'one', ''], ['put', 'watch/a', 'two', 'one'], ['delete', 'watch/a', '', 'two']]);
  await watcher.cancel();
});

test('watches of one stream have their own ranges, filters and revisions', async () => {
  const { header } = await client.put('many/a').value('past');
  // What is past may come at once: the handlers are there before the watch is. Once it has come, the member that is asked
  // has got as far, so that what it takes for the present is.
  const key = client.watch().key('many/a').startRevision(header.revision).watcher();
  const ofKeySeen = take(key, ['put', 'delete'], 2);
  await once(key, 'put');
  const puts = await client.watch().inRange({ start: 'many/', end: 'many0' }).only('put').create();
  const deletes = await client.watch().prefix('many/').only('delete').create();
  const seen = [ofKeySeen, take(puts, ['put', 'delete'], 1), take(deletes, ['put', 'delete'], 1)];
  await client.put('many/b').value('now');
  await client.delete().key('many/a');
  const [ofKey, ofPuts, ofDeletes] = await Promise.all(seen);
  assert.deepEqual(ofKey.map(([name, kv]) => [name, kv.value.toString()]), [['put', 'past'], ['delete', '']]);
  assert.deepEqual(ofPuts.map(([name, kv]) => [name, kv.key.toString()]), [['put', 'many/b']]);
  assert.deepEqual(ofDeletes.map(([name, kv]) => [name, kv.key.toString()]), [['delete', 'many/a']]);
  await Promise.all([key, puts, deletes].map(watcher => watcher.cancel()));
});

test('a transaction comes to a watch as one answer', async () => {
  const watcher = await client.watch().prefix('atomic/').create();
  const data = once(watcher, 'data');
  await client.if('none', 'Version', '==', 0).then(...['a', 'b', 'c'].map(name => client.put(`atomic/${name}`).value('v'))).commit();
  const [answer] = await data;
  assert.deepEqual(answer.events.map(event => event.kv.key.toString()), ['atomic/a', 'atomic/b', 'atomic/c']);
  assert.equal(new Set(answer.events.map(event => event.kv.mod_revision)).size, 1);
  await watcher.cancel();
});

test('a lock is held by one at a time', async () => {
  const lock = await client.lock('lock').ttl(60).acquire();
  await assert.rejects(client.lock('lock').acquire(), EtcdLockFailedError);
  await lock.release();
  assert.equal(await client.lock('lock').do(() => 'mine'), 'mine');
  assert.equal(await client.get('lock').exists(), false);
});

test('an election: campaigns, proclamations, resignations, and whoever looks on', async () => {
  const election = client.election('ballot', 60);
  assert.equal(await election.leader(), undefined);
  const observer = await election.observe();
  const changes = [];
  let heard = () => {};
  observer.on('change', value => {
    changes.push(value);
    heard();
  });
  const until = async value => {
    while (changes.at(-1) !== value) {
      await new Promise(resolve => { heard = resolve; });
    }
  };

  const one = election.campaign('one');
  await one.wait();
  assert.equal(await election.leader(), 'one');
  await until('one');
  await one.proclaim('one, again');
  await until('one, again');
  const two = election.campaign('two');
  const elected = two.wait();
  await two.getCampaignKey();
  assert.equal(await election.leader(), 'one, again');
  await one.resign();
  await elected;
  await until('two');
  assert.equal(observer.leader(), 'two');
  await two.resign();
  await observer.cancel();
  assert.equal(await election.leader(), undefined);
});

test('members, status, alarms, hashes, compaction and defragmentation', async () => {
  const { members } = await all.cluster.memberList({});
  assert.deepEqual(members.map(member => member.name).sort(), ['m1', 'm2', 'm3']);
  assert.deepEqual(members.flatMap(member => member.clientURLs).sort(), hosts.map(host => `http://${host}`).sort());
  const status = await all.maintenance.status({});
  assert.ok(members.some(member => member.ID === status.leader));
  assert.match(status.version, /^3\.\d+\.\d+$/);
  assert.deepEqual((await all.maintenance.alarm({ action: 'Get', memberID: 0, alarm: 'None' })).alarms, []);
  await all.maintenance.defragment({});
  assert.equal(typeof (await all.maintenance.hash({})).hash, 'number');

  const { header } = await client.put('compact').value('one');
  await client.put('compact').value('two');
  await all.kv.compact({ revision: (await client.put('compact').value('three')).header.revision });
  await assert.rejects(client.get('compact').revision(header.revision).exec(), /required revision has been compacted/);
});

test('a snapshot ends with the SHA-256 of all before it', async () => {
  const stream = await all.maintenance.snapshot({});
  const pieces = [];
  stream.on('data', answer => pieces.push(answer.blob));
  await new Promise((resolve, reject) => stream.on('end', resolve).on('error', reject));
  const content = Buffer.concat(pieces);
  const digest = require('node:crypto').createHash('sha256').update(content.subarray(0, -32)).digest();
  assert.deepEqual(content.subarray(-32), digest);
});

test('users and roles, while authentication is off', async () => {
  assert.deepEqual(await all.getUsers(), []);
  assert.deepEqual(await all.getRoles(), []);
  await assert.rejects(all.user('nobody').roles(), /user name not found/);
});
