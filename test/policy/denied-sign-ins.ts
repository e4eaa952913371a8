import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { parseApplicationId } from '../../src/domain/ids.js';
import type { Policy } from '../../src/domain/policy/policy.js';
import { shopId } from '../support/access-tokens.js';
import { callApi } from '../support/api-client.js';
import { deliverTo, policyOf, ruleOf, startPolicyService } from '../support/policies.js';
import { sharedPostgres } from '../support/postgres.js';
import type { TestService } from '../support/service.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { exchangeRefreshToken } from '../support/users.js';

/**
 * How FusionAuth's question gets to the replicas: to one; to both at once; to the other one besides, when the session is
 * there; to one whose answer is lost; to none.
 */
export type Asked = 'once' | 'twice' | 'later' | 'unanswered' | 'unseen';

export interface SignIn {
  readonly asked: Asked;
  readonly replica: number;
  /** Whether a session follows, or the user gives up, or takes long. */
  readonly makesSession: boolean;
}

export interface DeniedUser {
  /** @returns the status that FusionAuth answers. */
  signIn(how: SignIn): Promise<number>;
  /** The session of a sign-in that took long appears, if there is one. */
  appear(): void;
  signInElsewhere(): Promise<void>;
  revoke(session: number): Promise<void>;
  logout(session: number): Promise<void>;
  enforce(replica: number): Promise<void>;
  rotate(session: number): Promise<void>;
  /** The sessions that the rule counts, newest first. */
  live(): readonly string[];
  liveElsewhere(): number;
  /** Each session that began when there were as many as the policy allowed. */
  readonly surplus: readonly string[];
  beginWave(): void;
  /** How many sign-ins of this wave were refused although whoever was let in has left a place. */
  wronglyRefused(): number;
}

/** Two replicas over one database, which a FusionAuth asks that signs nobody in without their consent. */
export interface DeniedScene extends AsyncDisposable {
  readonly tally: { admitted: number; refused: number; duplicates: number; cuts: number };
  /** How many sessions the policy allows. */
  readonly allowed: number;
  begin(): void;
  beginWave(): void;
  user(): DeniedUser;
  allow(count: number): void;
  failOneList(): void;
  cut(replica: number): void;
  /** Until nothing is under way and no place is kept any more. */
  settle(): Promise<void>;
}

const placeMs = 60_000;

const applicationId = parseApplicationId(shopId);
if (applicationId === undefined) throw new TypeError('No application');
const denyingApplications = [applicationId];

interface Place {
  readonly eventId: string;
  readonly until: number;
}

export async function startDeniedScene(): Promise<DeniedScene> {
  const url = new URL(await (await sharedPostgres()).createDatabase());
  const replicas: TestService[] = [];
  const proxies: TcpProxy[] = [];
  let allowed = 2;
  /** The least and the most that was allowed in this wave. */
  let range = { least: allowed, most: allowed };
  let isTroubled = false;
  let version = 0;
  let policy: Policy | null = null;
  const policyFor = (allow: number) => {
    const when = { ...ruleOf().when, applicationIds: denyingApplications };
    const rules = [ruleOf({ name: 'shop', when, allow, overflow: 'denyNew' }), ruleOf({ name: 'others', allow: 2 })];
    return policyOf(rules, { version: `version-${++version}`, maxRevocationsPerMinute: 100_000 });
  };
  for (let index = 0; index < 2; index++) {
    const proxy = await startTcpProxy(Number(url.port));
    proxies.push(proxy);
    const throughProxy = new URL(url);
    throughProxy.port = String(proxy.port);
    const [first] = replicas;
    const replica = await startPolicyService({
      shopId,
      policies: { current: async () => policy },
      events: 'none',
      env: {
        DATABASE_URL: throughProxy.href,
        POLICY_RUNS_PER_SECOND: '1000',
        POLICY_SIGN_IN_FAILURE: 'closed',
        RATE_LIMIT_POINTS: '1000000',
      },
      ...(first === undefined ? {} : { beside: first }),
    });
    replicas.push(replica);
  }
  const [first] = replicas;
  if (first === undefined) throw new TypeError('No replica');
  const { emulator, console: desk } = first;
  const { store, clock } = emulator;
  policy = policyFor(allowed);
  const numbered = (index: number) => replicas[index % replicas.length] ?? first;
  const tally = { admitted: 0, refused: 0, duplicates: 0, cuts: 0 };
  /** Of users: sign-ins that were let in whose session nobody has seen yet. */
  const places = new Map<string, Place[]>();
  const delayed = new Map<string, () => Promise<void>>();

  const relay = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', async () => {
      const body = Buffer.concat(chunks).toString();
      const { connection: _connection, host: _host, 'content-length': _length, ...given } = incoming.headers;
      const headers = given as Record<string, string>;
      const { event } = JSON.parse(body) as {
        event: { type: string; id: string; info?: { deviceName?: string }; user?: { id: string } };
      };
      const forward = async (replica: number) => {
        const options = { method: 'POST', headers, body };
        const answer = await fetch(`${numbered(replica).url}/webhooks/fusionauth`, options).catch(() => null);
        await answer?.arrayBuffer();
        const status = answer?.status ?? 502;
        if (status === 200 && event.type === 'user.login.success' && event.user !== undefined) {
          const held = places.get(event.user.id) ?? [];
          const isNew = !held.some(({ eventId }) => eventId === event.id);
          if (isNew) places.set(event.user.id, [...held, { eventId: event.id, until: clock.now() + placeMs }]);
        }
        return status;
      };
      const [asked, replica] = (event.info?.deviceName ?? '').split(' ');
      const to = Number(replica);
      if (event.type !== 'user.login.success' || asked === undefined || asked === '') {
        outgoing.writeHead(await forward(Math.floor(Math.random() * 2))).end();
        return;
      }
      switch (asked) {
        case 'unseen':
          outgoing.writeHead(500).end();
          return;
        case 'unanswered':
          await forward(to);
          outgoing.writeHead(500).end();
          return;
        case 'twice': {
          tally.duplicates++;
          const [status] = await Promise.all([forward(to), forward(to + 1)]);
          outgoing.writeHead(status).end();
          return;
        }
        case 'later':
          tally.duplicates++;
          delayed.set(event.id, async () => void (await forward(to + 1)));
          break;
      }
      outgoing.writeHead(await forward(to)).end();
    });
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const address = relay.address();
  if (address === null || typeof address === 'string') throw new TypeError('No port');
  deliverTo({ url: `http://127.0.0.1:${address.port}`, emulator });
  store.enableEvents(['user.login.success'], 'AbsoluteMajority');

  const liveIn = (userId: string, applicationId: string) =>
    store.sessionsOf(userId).filter((session) => session.applicationId === applicationId);
  /** By user. */
  const surplus = new Map<string, string[]>();
  const insert = store.sessions.insert.bind(store.sessions);
  store.sessions.insert = (row) => {
    insert(row);
    const { userId, id, applicationId } = row.session;
    if (applicationId === shopId && liveIn(userId, shopId).length > range.most) surplus.get(userId)?.push(id);
  };

  function newUser(): DeniedUser {
    const user = first?.user();
    if (user === undefined) throw new TypeError('No replica');
    surplus.set(user.id, []);
    const late: Place[] = [];
    let refusedInWave = 0;
    let liveBefore = 0;
    const session = (index: number) => {
      const live = liveIn(user.id, shopId);
      return live[index % Math.max(1, live.length)];
    };
    return {
      async signIn({ asked, replica, makesSession }) {
        const answer = await callApi(emulator, 'POST', '/api/login', {
          body: {
            loginId: user.email,
            password: 'password',
            applicationId: shopId,
            noJWT: !makesSession,
            eventInfo: { deviceName: `${asked} ${replica}` },
          },
        });
        if (answer.status === 200) tally.admitted++;
        else tally.refused++;
        if (answer.status === 200 && !makesSession) {
          const place = places.get(user.id)?.at(-1);
          if (place !== undefined) late.push(place);
        }
        if (answer.status !== 200 && asked !== 'unanswered' && asked !== 'unseen') refusedInWave++;
        const copies = [...delayed.values()];
        delayed.clear();
        await Promise.all(copies.map((deliver) => deliver()));
        return answer.status;
      },
      appear() {
        const place = late.shift();
        if (place === undefined || place.until <= clock.now() + 1_000) return;
        user.addSession({ insertInstant: clock.now() });
      },
      async signInElsewhere() {
        await user.login(desk.id);
      },
      async revoke(index) {
        const id = session(index)?.id;
        if (id === undefined) return;
        const document = 'mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }';
        await numbered(index).query(document, { id });
      },
      async logout(index) {
        const id = session(index)?.id;
        if (id !== undefined) await callApi(emulator, 'DELETE', `/api/jwt/refresh/${id}`);
      },
      async enforce(replica) {
        const document = 'mutation ($id: ID!) { enforceSingleSession(userId: $id) { outcome } }';
        await numbered(replica).query(document, { id: user.id });
      },
      async rotate(index) {
        const token = session(index)?.token;
        if (token !== undefined) await exchangeRefreshToken(emulator, token);
      },
      live: () => liveIn(user.id, shopId).map(({ id }) => id),
      liveElsewhere: () => liveIn(user.id, desk.id).length,
      get surplus() {
        return surplus.get(user.id) ?? [];
      },
      beginWave() {
        refusedInWave = 0;
        liveBefore = liveIn(user.id, shopId).length;
      },
      wronglyRefused() {
        const kept = (places.get(user.id) ?? []).filter(({ until }) => until > clock.now()).length;
        if (isTroubled || liveBefore + kept >= range.least) return 0;
        return refusedInWave;
      },
    };
  }

  return {
    tally,
    get allowed() {
      return allowed;
    },
    begin() {
      clock.advance(placeMs + 1_000);
    },
    beginWave() {
      emulator.faults.clear();
      isTroubled = false;
      range = { least: allowed, most: allowed };
    },
    user: newUser,
    allow(count) {
      allowed = count;
      range = { least: Math.min(range.least, count), most: Math.max(range.most, count) };
      policy = policyFor(count);
    },
    failOneList() {
      isTroubled = true;
      const fault = { kind: 'status', status: 503 } as const;
      emulator.faults.add({ path: '/api/jwt/refresh', method: 'GET', times: 1, fault });
    },
    cut(replica) {
      isTroubled = true;
      tally.cuts++;
      proxies[replica % proxies.length]?.cut();
    },
    async settle() {
      emulator.faults.clear();
      await emulator.events.settled();
      // Whoever lost the database has found it again.
      for (const replica of replicas) {
        while (!(await isAtHand(replica))) await delay(20);
      }
      clock.advance(placeMs + 1_000);
      range = { least: allowed, most: allowed };
    },
    async [Symbol.asyncDispose]() {
      for (const replica of replicas.toReversed()) await replica[Symbol.asyncDispose]();
      for (const proxy of proxies) await proxy[Symbol.asyncDispose]();
      relay.closeAllConnections();
      relay.close();
      await once(relay, 'close');
    },
  };
}

/** Whether a replica reaches its database. */
async function isAtHand(replica: TestService): Promise<boolean> {
  const { serviceState } = await replica.data<{ readonly serviceState: { readonly replicas: number | null } }>(
    '{ serviceState { replicas } }',
  );
  return serviceState.replicas !== null;
}
