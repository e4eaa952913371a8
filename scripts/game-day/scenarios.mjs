// What provokes each alert. docs/guides/game-day.md says it for people.
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import {
  addFault,
  addUsers,
  alice,
  ask,
  deliver,
  list,
  moveClock,
  repeat,
  revocation,
  signedIn,
  signInTimes,
  webhook,
} from './calls.mjs';
import { folder, serviceKey } from './processes.mjs';

const policy = (maxRevocationsPerMinute) => {
  const path = join(folder, `policy-${maxRevocationsPerMinute}.yaml`);
  writeFileSync(
    path,
    `version: 1\nmode: enforce\nmaxRevocationsPerMinute: ${maxRevocationsPerMinute}\nrules: [{ name: one, allow: 1 }]\n`,
  );
  return path;
};

const keysFile = join(folder, 'keys.json');
const keys = JSON.stringify([{ name: 'shop', sha256: '0'.repeat(64), permissions: ['session:read'] }]);

const listThrice = ({ service, signal }) => repeat(signal, 3, () => list(service));

/**
 * `before` makes what the service finds when it starts. `logs` is what the guide to monitoring has people look for.
 * `database`: one of its own.
 */
export const scenarios = {
  'policy-paced': {
    alerts: ['PolicyBehind'],
    env: () => ({ ...webhook, POLICY_FILE: policy(1_000), POLICY_RUNS_PER_SECOND: '1' }),
    before: (emulator) => addUsers(emulator, 400),
    provoke: async () => undefined,
    timeoutMs: 240_000,
  },
  'fusionauth-gone': {
    alerts: ['NotReady', 'CallsFail', 'Failures'],
    provoke(world) {
      world.emulator.process.kill('SIGKILL');
      return listThrice(world);
    },
    logs: /not ready.*ECONNREFUSED|ECONNREFUSED.*not ready/,
  },
  'fusionauth-slow': {
    alerts: ['CallsSlow'],
    async provoke(world) {
      await addFault(world.emulator, { path: '/*', fault: { kind: 'latency', minMs: 1_100, maxMs: 1_500 } });
      await listThrice(world);
    },
  },
  'fusionauth-narrow': {
    alerts: ['CallsQueue'],
    env: { FUSIONAUTH_MAX_CONCURRENT_CALLS: '2', MAX_CONCURRENT_OPERATIONS: '5000' },
    async provoke({ emulator, service, signal }) {
      await addFault(emulator, { path: '/*', fault: { kind: 'latency', minMs: 1_000, maxMs: 1_000 } });
      await repeat(signal, 300, () => list(service));
    },
  },
  'endings-refused': {
    alerts: ['EndingsFail'],
    async provoke({ emulator, service }) {
      await signInTimes(emulator, 8);
      await addFault(emulator, {
        method: 'DELETE',
        path: '/api/jwt/refresh/:id',
        fault: { kind: 'status', status: 500 },
      });
      await ask(service, `mutation { enforceSingleSession(userId: "${alice}") { outcome } }`);
    },
    logs: /"outcome":"failed".*"msg":"audit"/,
  },
  'deliveries-forged': {
    alerts: ['DeliveriesRefused'],
    env: webhook,
    provoke: ({ service }) => sixTimes(() => deliver(service, revocation(), 'wrong')),
    logs: /webhook delivery not recognised/,
  },
  'deliveries-odd': {
    alerts: ['DeliveriesNotTaken', 'RevocationsMayBeMissing'],
    env: webhook,
    provoke: ({ service }) => sixTimes(() => deliver(service, { ...revocation(), refreshToken: {} })),
    logs: /undecodable/,
  },
  'deliveries-late': {
    alerts: ['DeliveriesLate'],
    env: webhook,
    provoke: ({ service, signal }) =>
      repeat(signal, 2, () => deliver(service, { ...revocation(), createInstant: Date.now() - 90_000 })),
  },
  'readers-asleep': {
    alerts: ['ReadersCutOff'],
    env: { ...webhook, WRITE_TIMEOUT_MS: '2000' },
    async provoke({ service, signal }) {
      const asleep = await Promise.all(Array.from({ length: 5 }, () => follow(service)));
      await repeat(signal, 200, () => deliver(service, revocation()));
      for (const call of asleep) call.destroy();
    },
    logs: /client does not read/,
  },
  'confirmations-many': {
    alerts: ['ConfirmationsFail'],
    env: { CONFIRMATIONS_PER_SECOND: '1' },
    provoke: ({ service, signal }) => {
      const ids = () => Array.from({ length: 20 }, () => `"${crypto.randomUUID()}"`).join();
      return repeat(signal, 3, () => ask(service, `{ liveSessions(ids: [${ids()}]) { status } }`));
    },
    logs: /confirmations wait longer than they should/,
  },
  'database-gone': {
    alerts: ['DatabaseAway', 'FeedBehind'],
    hasDatabase: true,
    provoke: ({ database }) => database.server.stop(),
    logs: /database/,
  },
  'database-locked': {
    alerts: ['DatabasePoolUsedUp'],
    hasDatabase: true,
    env: { DATABASE_POOL_SIZE: '2', DATABASE_CONNECT_TIMEOUT_MS: '30000' },
    async provoke({ database, service, signal }) {
      const client = new pg.Client({ connectionString: database.url });
      client.on('error', () => undefined);
      await client.connect();
      await client.query('begin; lock table fusionauth_sessions.ending in access exclusive mode');
      await repeat(signal, 10, () => ask(service, '{ sessionHistory(first: 1) { entries { sessionId } } }'));
      await client.end();
    },
  },
  'policy-failing': {
    alerts: ['PolicyJobsDead'],
    hasDatabase: true,
    env: () => ({ ...webhook, POLICY_FILE: policy(1_000), POLICY_SWEEP_INTERVAL_SECONDS: '0' }),
    async provoke({ emulator, service, database, signal }) {
      await addFault(emulator, { method: 'GET', path: '/api/jwt/refresh', fault: { kind: 'status', status: 500 } });
      await deliver(service, signedIn());
      const client = new pg.Client({ connectionString: database.url });
      await client.connect();
      // The ten runs take ten minutes otherwise.
      while (!signal.aborted) {
        await client.query(
          'update fusionauth_sessions.policy_job set due_at = now() where not is_claimed and not is_dead',
        );
        await delay(500);
      }
      await client.end();
    },
    logs: /given up/,
  },
  'policy-bounded': {
    alerts: ['PolicyHeldBack'],
    env: () => ({ ...webhook, POLICY_FILE: policy(1) }),
    async provoke({ emulator, service }) {
      await signInTimes(emulator, 8);
      await deliver(service, signedIn());
    },
  },
  'keys-unreadable': {
    alerts: ['ConfigurationNotUsable'],
    before: () => writeFileSync(keysFile, keys),
    env: { SERVICE_KEYS_FILE: keysFile, DEMO_SERVICE_KEY: '' },
    provoke: async () => writeFileSync(keysFile, keys.replace(']', ',]')),
    logs: /SERVICE_KEYS_FILE: must be JSON/,
  },
  'keys-guessed': {
    alerts: ['Guessing'],
    provoke: ({ service, signal }) => repeat(signal, 20, () => list(service, `guess-${Math.random()}`)),
    logs: /credentials refused/,
  },
  'caller-greedy': {
    alerts: ['WorkRefused'],
    env: { RATE_LIMIT_POINTS: '20', MAX_OPERATION_COST: '20' },
    provoke: ({ service, signal }) => repeat(signal, 5, () => list(service)),
    logs: /"caller"/,
  },
  'processor-scarce': {
    alerts: ['EventLoopBusy'],
    async provoke({ service, signal }) {
      while (!signal.aborted) {
        service.process.kill('SIGSTOP');
        await delay(800);
        service.process.kill('SIGCONT');
        await delay(150);
      }
    },
  },
  'clock-ahead': {
    alerts: ['ClocksDiffer'],
    async provoke({ emulator, service, signal }) {
      await moveClock(emulator, 10_000);
      await repeat(signal, 1, () => list(service));
    },
  },
};

async function sixTimes(act) {
  for (let count = 0; count < 6; count++) await act();
}

/** A stream of long events that nobody reads. */
function follow({ url }) {
  const fields = Array.from({ length: 14 }, (_, index) => `a${index}: sessionId b${index}: occurredAt`).join(' ');
  const call = request(`${url}/graphql/stream`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${serviceKey}`,
      accept: 'text/event-stream',
      'content-type': 'application/json',
    },
  });
  call.end(JSON.stringify({ query: `subscription { sessionEvents { ${fields} } }` }));
  call.on('error', () => undefined);
  return new Promise((resolve, reject) => {
    call.on('response', (response) => {
      if (response.statusCode !== 200) reject(new Error(`A stream is refused with ${response.statusCode}`));
      response.pause();
      response.on('error', () => undefined);
      resolve(call);
    });
  });
}
