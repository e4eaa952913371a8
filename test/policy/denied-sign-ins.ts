import { setTimeout as delay } from 'node:timers/promises';
import { parseApplicationId } from '../../src/domain/ids.js';
import type { Policy } from '../../src/domain/policy/policy.js';
import { shopId } from '../support/access-tokens.js';
import { callApi } from '../support/api-client.js';
import { deliverTo, policyOf, ruleOf } from '../support/policies.js';
import type { TestService } from '../support/service.js';
import { exchangeRefreshToken } from '../support/users.js';
import { answerListsLate } from './late-lists.js';
import { startReplicasBehindProxies } from './replicas-behind-proxies.js';
import { type Asked, startSignInRelay } from './sign-in-relay.js';

interface SignIn {
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
  readonly tally: { admitted: number; refused: number; cuts: number };
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
  /** How many sessions were allowed then, at most. */
  readonly most: number;
}

export async function startDeniedScene(): Promise<DeniedScene> {
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
  const { replicas, proxies } = await startReplicasBehindProxies(2, {
    shopId,
    policies: { current: async () => policy },
    env: { POLICY_RUNS_PER_SECOND: '1000', POLICY_SIGN_IN_FAILURE: 'closed', RATE_LIMIT_POINTS: '1000000' },
  });
  const [first] = replicas;
  if (first === undefined) throw new TypeError('No replica');
  const { emulator, console: desk } = first;
  const { store, clock } = emulator;
  policy = policyFor(allowed);
  const numbered = (index: number) => replicas[index % replicas.length] ?? first;
  const tally = { admitted: 0, refused: 0, cuts: 0 };
  /** Of users: sign-ins that were let in whose session nobody has seen yet. */
  const places = new Map<string, Place[]>();
  const relay = await startSignInRelay({
    urlOf: (replica) => numbered(replica).url,
    onAdmitted(userId, eventId) {
      const held = places.get(userId) ?? [];
      if (held.some((one) => one.eventId === eventId)) return;
      places.set(userId, [...held, { eventId, until: clock.now() + placeMs, most: range.most }]);
    },
  });
  deliverTo({ url: relay.url, emulator });
  store.enableEvents(['user.login.success'], 'AbsoluteMajority');

  const liveIn = (userId: string, applicationId: string) =>
    store.sessionsOf(userId).filter((session) => session.applicationId === applicationId);
  /** A session that appears late may be one of as many as were allowed when its sign-in was let in. */
  let mostOnAppearance = 0;
  /** By user. */
  const surplus = new Map<string, string[]>();
  const insert = store.sessions.insert.bind(store.sessions);
  store.sessions.insert = (row) => {
    insert(row);
    const { userId, id, applicationId } = row.session;
    const most = Math.max(range.most, mostOnAppearance);
    if (applicationId === shopId && liveIn(userId, shopId).length > most) surplus.get(userId)?.push(id);
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
        await relay.deliverLate();
        return answer.status;
      },
      appear() {
        const place = late.shift();
        if (place === undefined || place.until <= clock.now() + 1_000) return;
        mostOnAppearance = place.most;
        user.addSession({ insertInstant: clock.now() });
        mostOnAppearance = 0;
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
      answerListsLate(emulator);
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
      answerListsLate(emulator, true);
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
      await relay[Symbol.asyncDispose]();
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
