import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import type { RefreshToken } from '../../../src/emulator/store/records.js';
import type { Cluster } from './cluster.js';
import type { Asked, Played, Tally } from './played.js';
import { policyAllows } from './script.js';

/** How long what was left under way by a killed process may take to be followed up, in milliseconds. */
const maxQuietMs = 45_000;

/** How long the policy may take: a job of a killed process is taken by another one once its claim has lapsed. */
const maxPolicyMs = 60_000 + maxQuietMs;

/** Who ends sessions for the session policy, and why. */
const policy = { actor: 'session policy', reason: 'SESSION_LIMIT_EXCEEDED' };

interface EndingRow {
  readonly session_id: string;
  /** Null for an SSO session. */
  readonly application_id: string | null;
  readonly reason: string;
  readonly actor_name: string | null;
  readonly comment: string | null;
}

/** What must be true of every history once nothing is under way any more. */
export async function check(cluster: Cluster, played: readonly Played[], tally: Tally): Promise<void> {
  await untilPolicyIsDone(cluster, played);
  const ended = new Map<string, Played>();
  for (const one of played) {
    const begun = cluster.sessions.begunBy(one.user.id);
    for (const { id } of begun) if (cluster.sessions.wasRevoked(id)) ended.set(id, one);
    expectTheRightOnesLive(cluster, one);
    tally.sessions += begun.length;
  }
  tally.ended += ended.size;
  const published = await expectPublishedOnce(cluster, played, ended);
  await expectRightRecords(cluster, published, tally);
  await expectGuardsKnow(cluster, played, published);
}

/** No process ends unless it is killed. */
export function expectAllRun({ replicas }: Cluster): void {
  const ownEnds = replicas.flatMap(({ port, ownEnd }) => (ownEnd === null ? [] : [`${port} ended with ${ownEnd}`]));
  expect(ownEnds, 'no process ends by itself').toEqual([]);
}

/** What was reported has the policy enforced; sign-ins whose session is gone already may be looked for still. */
async function untilPolicyIsDone(cluster: Cluster, played: readonly Played[]): Promise<void> {
  const isWithin = (one: Played) => liveOf(cluster, one).filter(isOfApplication).length <= mostOf(one);
  await until(async () => played.every(isWithin), maxPolicyMs);
}

/** How many sessions of applications live at most. */
function mostOf({ history: { limit, isGoverned }, losesWebhooks }: Played): number {
  return isGoverned && !losesWebhooks ? Math.min(limit, policyAllows) : limit;
}

function liveOf({ emulator }: Cluster, { user }: Played): readonly RefreshToken[] {
  return emulator.store.sessionsOf(user.id);
}

function expectTheRightOnesLive(cluster: Cluster, played: Played): void {
  const { sessions, replicas } = cluster;
  const { user, history, asked, foreign, isDeleted } = played;
  const live = liveOf(cluster, played);
  if (isDeleted) {
    expect(live, 'nobody who is gone has a session').toEqual([]);
    return;
  }
  const { limit, isGoverned } = history;
  const liveIds = live.filter(isOfApplication).map(({ id }) => id);
  const begun = sessions.begunBy(user.id).filter(isOfApplication);
  const named = new Set([...asked.values()].flatMap(({ sessionId }) => (sessionId === null ? [] : [sessionId])));
  const onPurpose = new Set([...foreign, ...named]);
  expect(liveIds.length, 'no more live than allowed').toBeLessThanOrEqual(mostOf(played));
  const stay = isGoverned ? Math.min(limit, policyAllows) : limit;
  const rules = new Set([...asked.values()].map(({ rule }) => rule));
  const isByCreation = !rules.has('leastRecentlyUsed') && !rules.has('keepRequested') && !rules.has('others');
  if (isByCreation) {
    const newest = begun.slice(0, stay).filter(({ id }) => !onPurpose.has(id));
    expect(liveIds, 'the newest live').toEqual(expect.arrayContaining(newest.map(({ id }) => id)));
  }
  // Turns are one over all replicas only while they reach the database.
  if (isByCreation || !replicas.some(({ trouble }) => trouble.hasEndedUnannounced)) {
    const allowed = Math.min(rules.has('others') ? 1 : stay, begun.length) - onPurpose.size;
    expect(liveIds.length, 'nobody loses more than the limit demands').toBeGreaterThanOrEqual(allowed);
    const isLeftWithout = onPurpose.size === 0 && sessions.usersLeftWithout.has(user.id);
    expect(isLeftWithout, 'nobody is without a session, not for a moment').toBe(false);
  }
  expectTheRightSsoSessionsLive(cluster, played, rules.has('others') || rules.has('withSso'));
}

/** @param mayEnd Whether somebody has asked for all of them to end. */
function expectTheRightSsoSessionsLive(cluster: Cluster, played: Played, mayEnd: boolean): void {
  const isSso = (session: RefreshToken) => !isOfApplication(session);
  const live = liveOf(cluster, played).filter(isSso);
  const [newest] = cluster.sessions.begunBy(played.user.id).filter(isSso);
  expect(live.length, 'one SSO session lives at most').toBeLessThanOrEqual(1);
  if (newest === undefined || mayEnd) return;
  expect(
    live.map(({ id }) => id),
    'the newest SSO session lives',
  ).toEqual([newest.id]);
}

function isOfApplication({ applicationId }: RefreshToken): boolean {
  return applicationId !== undefined;
}

/** @returns the sessions whose end was published: all, but for those of which nobody but FusionAuth knows. */
async function expectPublishedOnce(
  { database, databaseUrl, follower, replicas }: Cluster,
  played: readonly Played[],
  ended: ReadonlyMap<string, Played>,
): Promise<ReadonlyMap<string, Played>> {
  const mayBeLost = replicas.some(({ trouble }) => trouble.mayHaveLostWhy);
  // A deletion ends all sessions of a user, and is one event.
  const isKnown = ([id, { losesWebhooks, foreign, isDeleted }]: readonly [string, Played]) =>
    !isDeleted && (!losesWebhooks || !(mayBeLost || foreign.has(id)));
  const userIds = played.map(({ user }) => user.id);
  const publishedIds = async () => {
    const { rows } = await database.query(
      databaseUrl,
      `select session_id from fusionauth_sessions.event where type = 'SESSION_REVOKED' and session_id is not null and user_id = any ($1)`,
      [userIds],
    );
    return rows.map(({ session_id }: { session_id: string }) => session_id).sort();
  };
  const followedIds = () =>
    [...follower.events.values()]
      .flatMap(({ sessionId }) => (sessionId === null ? [] : [sessionId]))
      .filter((id) => everybody.has(id))
      .sort();
  const everybody = new Set(ended.keys());
  const known = [...ended].filter(isKnown).map(([id]) => id);
  const missing = (ids: readonly string[]) => known.filter((id) => !ids.includes(id));
  await until(async () => missing(await publishedIds()).length === 0);
  const published = await publishedIds();
  expect(missing(published), 'every end is published').toEqual([]);
  expect(published, 'nothing else is, and nothing twice').toEqual(
    [...everybody].filter((id) => published.includes(id)).sort(),
  );
  await until(async () => followedIds().length >= published.length);
  expect(followedIds(), 'a subscriber gets every end once, from whichever replicas').toEqual(published);
  expect({ repeated: follower.repeated, gaps: follower.gaps }).toEqual({ repeated: [], gaps: 0 });
  return new Map([...ended].filter(([id]) => published.includes(id)));
}

async function expectRightRecords(
  { database, databaseUrl, follower, replicas }: Cluster,
  ended: ReadonlyMap<string, Played>,
  tally: Tally,
): Promise<void> {
  const mayBeLost = replicas.some(({ trouble }) => trouble.mayHaveLostWhy);
  const hasEndedUnannounced = replicas.some(({ trouble }) => trouble.hasEndedUnannounced);
  const read = async (): Promise<readonly EndingRow[]> => {
    const { rows } = await database.query(
      databaseUrl,
      'select session_id, application_id, reason, actor_name, comment from fusionauth_sessions.ending where session_id = any ($1)',
      [[...ended.keys()]],
    );
    return rows;
  };
  const isForeign = ({ session_id: id }: EndingRow) => ended.get(id)?.foreign.has(id) === true;
  const isOpen = (row: EndingRow) => row.actor_name === null && !isForeign(row);
  // What could not be announced is made up for once the database is back.
  await until(async () => !(await read()).some(isOpen), mayBeLost ? 5_000 : maxQuietMs);
  const rows = await read();
  const reasons = new Map([...follower.events.values()].map(({ sessionId, reason }) => [sessionId, reason]));
  expect(rows).toHaveLength(ended.size);
  for (const row of rows) {
    const { asked, isGoverned } = expectationsOf(ended.get(row.session_id));
    const wrong = `${JSON.stringify(row)} of ${JSON.stringify([...asked])}, foreign: ${isForeign(row)}`;
    const reason = reasons.get(row.session_id);
    // The event came before it was known who had ended it: of FusionAuth's report, or of whoever found it gone.
    const said = new Set(['OTHER', policy.reason, ...[...asked.values()].map((what) => what.reason)]);
    if (hasEndedUnannounced && reason !== row.reason && said.has(reason ?? '')) tally.completed++;
    else expect(reason, wrong).toBe(row.reason);
    if (row.actor_name === null) {
      if (isOpen(row) && mayBeLost) tally.unattributed++;
      else expect(isForeign(row), `nobody else ended it: ${wrong}`).toBe(true);
      expect(row.reason, wrong).toBe('OTHER');
      continue;
    }
    if (isGoverned && row.actor_name === policy.actor) {
      tally.byPolicy++;
      expect(row.reason, wrong).toBe(policy.reason);
      continue;
    }
    const what = asked.get(row.comment ?? '');
    expect(what, `nobody asked that: ${wrong}`).toBeDefined();
    expect([row.actor_name, row.reason], wrong).toEqual([what?.by, what?.reason]);
    expect(what?.rule, `nothing ends for a sign-in that is denied: ${wrong}`).not.toBe('denyNew');
    const isBesides = what?.rule === 'withSso' && row.application_id === null;
    if (what?.sessionId != null && !isBesides) expect(what.sessionId, wrong).toBe(row.session_id);
  }
}

function expectationsOf(played: Played | undefined) {
  return { asked: played?.asked ?? new Map<string, Asked>(), isGoverned: played?.history.isGoverned === true };
}

async function expectGuardsKnow(
  { guards }: Cluster,
  played: readonly Played[],
  ended: ReadonlyMap<string, Played>,
): Promise<void> {
  const tokens = played.flatMap(({ signIns }) => signIns);
  // FusionAuth has reported that their user is deleted.
  const isReported = ({ isDeleted, losesWebhooks }: Played) => isDeleted && !losesWebhooks;
  const gone = new Set(
    played.filter(isReported).flatMap(({ signIns }) => signIns.map(({ refreshTokenId }) => refreshTokenId)),
  );
  for (const [index, guard] of guards.entries()) {
    const refused = async () => {
      const decisions = await Promise.all(
        tokens.map(async ({ token, refreshTokenId }) => ((await guard.check(token)).ok ? [] : [refreshTokenId])),
      );
      return decisions.flat().sort();
    };
    const expected = tokens.map(({ refreshTokenId }) => refreshTokenId).filter((id) => ended.has(id) || gone.has(id));
    await until(async () => (await refused()).length >= expected.length);
    expect(await refused(), `guard ${index} refuses what has ended and nothing else`).toEqual(expected.sort());
  }
}

/** Waits for what takes its time after a crash. What does not come is for the caller to say. */
async function until(isDone: () => Promise<boolean>, maxMs = maxQuietMs): Promise<void> {
  const deadline = performance.now() + maxMs;
  while (performance.now() < deadline && !(await isDone())) await delay(20);
}
