// What etcd3 does with a list of hosts while each member in turn is killed and started again.
// Says "kill N" and "start N" when that is to be done, and waits for a line each time. Run by NodeClientTests.
'use strict';

const assert = require('node:assert/strict');
const { createInterface } = require('node:readline');
const { setTimeout: pause } = require('node:timers/promises');
const { Etcd3 } = require('etcd3');

const hosts = process.env.QUORATE_ENDPOINTS.split(',');
const patienceMilliseconds = 60_000;
const callMilliseconds = 5_000;
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function ask(what) {
  console.log(what);
  await lines.next();
}

/** A call that found nobody, or whose member died, is made again: at other hosts, for this client knows them all. */
async function untilDone(call) {
  for (const end = Date.now() + patienceMilliseconds; ;) {
    try {
      return await call();
    } catch (error) {
      if (Date.now() > end) {
        throw error;
      }

      await pause(50);
    }
  }
}

async function main() {
  const client = new Etcd3({ hosts, dialTimeout: 1000 });
  const lease = client.lease(120);
  let lost;
  lease.on('lost', error => { lost = error; });
  await lease.put('reconnect/leased').value('here');

  const seen = [];
  let arrived = () => {};
  const watcher = await client.watch().prefix('reconnect/key').create();
  for (const event of ['connecting', 'connected', 'disconnected']) {
    watcher.on(event, () => console.log(`# watch ${event}`));
  }

  watcher.on('put', record => {
    seen.push(BigInt(record.mod_revision));
    arrived();
  });

  const acknowledged = [];
  const write = async () => {
    const { header } = await untilDone(() =>
      client.put('reconnect/key').value(acknowledged.length).options({ deadline: Date.now() + callMilliseconds }));
    acknowledged.push(BigInt(header.revision));
  };

  const untilSeen = async () => {
    while ((seen.at(-1) ?? 0n) < acknowledged.at(-1)) {
      await new Promise(resolve => { arrived = resolve; });
    }
  };

  await write();
  await untilSeen();
  for (let member = 0; member < hosts.length; member++) {
    await ask(`kill ${member}`);
    for (let i = 0; i < 5; i++) {
      await write();
    }

    // Before the next one is killed the watch has come back, wherever it was.
    await untilSeen();

    await ask(`start ${member}`);
  }

  await write();
  await untilSeen();

  // Every write that was acknowledged was seen, in order and once. One whose answer was lost may be there twice.
  assert.deepEqual(seen, [...new Set(seen)].sort((a, b) => (a < b ? -1 : 1)));
  assert.deepEqual(acknowledged.filter(revision => !seen.includes(revision)), []);
  assert.equal(lost, undefined);
  assert.equal(await untilDone(() => client.get('reconnect/leased').string()), 'here');
  await untilDone(() => watcher.cancel());
  await untilDone(() => lease.revoke());
  client.close();
  console.log('done');
}

// The client leaves timers behind of streams that were broken: it does not end by itself.
main().then(() => process.exit(0), error => {
  console.error(error);
  process.exit(1);
});
