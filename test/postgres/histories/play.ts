import { setTimeout as delay } from 'node:timers/promises';
import { createTestUser, type SignedIn, type TestUser } from '../../support/users.js';
import type { Cluster } from './cluster.js';
import type { Disturbance, History, Round, Rule, Step, Who } from './script.js';

/** One user's history while it is played. */
export interface Played {
  readonly history: History;
  readonly user: TestUser;
  readonly signIns: SignedIn[];
  /** What was asked about this user, by the note that went with it: nothing else has that note. */
  readonly asked: Map<string, Asked>;
  /** Sessions that somebody else has ended at FusionAuth. */
  readonly foreign: Set<string>;
  /** Whether FusionAuth's reports of what happened got lost. */
  readonly losesWebhooks: boolean;
}

export interface Asked {
  readonly by: Who;
  readonly reason: string;
  /** The session that was named to be ended; null where a rule chose. */
  readonly sessionId: string | null;
  readonly rule: Rule | 'others' | null;
}

export interface Tally {
  histories: number;
  sessions: number;
  ended: number;
  kills: number;
  cuts: number;
  /** How often a process got no time, and how often one could not reach the database. */
  pauses: number;
  outages: number;
  databaseRestarts: number;
  /** Calls that nobody answered. */
  unanswered: number;
  /** Enforcements that answered PARTIAL or an error. */
  troubled: number;
  /** Endings whose event came before it was known who had ended the session, and whose record says so now. */
  completed: number;
  /** Endings of a process that was killed after it could not announce what it ended. */
  unattributed: number;
}

export function newTally(): Tally {
  const happened = { kills: 0, cuts: 0, pauses: 0, outages: 0, databaseRestarts: 0, unanswered: 0, troubled: 0 };
  return { histories: 0, sessions: 0, ended: 0, ...happened, completed: 0, unattributed: 0 };
}

const limitDocument = `mutation ($input: EnforceSessionLimitInput!) {
  enforceSessionLimit(input: $input) { outcome userErrors { code } }
}`;

interface LimitData {
  readonly enforceSessionLimit: { readonly outcome: string | null };
}

let notes = 0;

/** Plays all histories of a round side by side, and ends with an enforcement of each limit that nothing disturbs. */
export async function play(cluster: Cluster, round: Round, tally: Tally): Promise<Played[]> {
  const { histories, disturbances, losesWebhooks, maxEndingMs } = round;
  const { hub, emulator, replicas } = cluster;
  const played = histories.map((history) => newPlayed(cluster, history, losesWebhooks));
  for (const replica of replicas) replica.beginRound();
  hub.lostShare = losesWebhooks ? 1 : 0;
  const slowEndings = { kind: 'latency', minMs: 0, maxMs: maxEndingMs } as const;
  if (maxEndingMs > 0) emulator.faults.add({ method: 'DELETE', path: '/api/jwt/refresh/:id', fault: slowEndings });
  const isOver = new AbortController();
  const machines = Promise.all(disturbances.map((one) => disturb(cluster, one, isOver.signal, tally)));
  await Promise.all(
    played.map(async (one) => {
      await Promise.all(
        Array.from({ length: one.history.signIns }, () => perform(cluster, one, { kind: 'login' }, tally)),
      );
      for (const wave of one.history.waves) await Promise.all(wave.map((step) => perform(cluster, one, step, tally)));
    }),
  );
  isOver.abort();
  await machines;
  emulator.faults.clear();
  await Promise.all(played.map((one) => enforceUntilDone(cluster, one)));
  await emulator.events.settled();
  await hub.idle();
  tally.histories += histories.length;
  return played;
}

function newPlayed({ emulator, shop }: Cluster, history: History, losesWebhooks: boolean): Played {
  const user = createTestUser(emulator, [shop], {});
  return { history, user, signIns: [], asked: new Map(), foreign: new Set(), losesWebhooks };
}

async function perform(cluster: Cluster, played: Played, step: Step, tally: Tally): Promise<void> {
  const { user, signIns, foreign, history } = played;
  switch (step.kind) {
    case 'login':
      signIns.push(await user.login());
      return;
    case 'enforce': {
      await delay(step.laterMs);
      const keep = numbered(signIns, step.keep)?.refreshTokenId ?? null;
      await Promise.all(
        Array.from({ length: step.copies }, async () => {
          const data = await enforce(cluster, played, step.by, step.rule, history.limit, keep, tally);
          const outcome = data?.enforceSessionLimit.outcome ?? null;
          if (outcome === null || outcome === 'PARTIAL') tally.troubled++;
        }),
      );
      return;
    }
    case 'revoke': {
      const sessionId = numbered(signIns, step.session)?.refreshTokenId;
      if (sessionId === undefined) return;
      const asked = { by: step.by, reason: 'SUSPECTED_COMPROMISE', sessionId, rule: null };
      const document = `mutation ($id: ID!, $comment: String) {
        revokeSession(sessionId: $id, reason: SUSPECTED_COMPROMISE, comment: $comment) { outcome }
      }`;
      const answer = await cluster.call(step.by, document, { id: sessionId, comment: noteFor(played, asked) });
      if (answer === null) tally.unanswered++;
      return;
    }
    case 'revokeOthers': {
      const keep = numbered(signIns, step.keep)?.refreshTokenId;
      if (keep === undefined) return;
      const asked = { by: step.by, reason: 'INCIDENT_RESPONSE', sessionId: null, rule: 'others' } as const;
      const input = {
        userId: user.id,
        exceptSessionIds: [keep],
        reason: asked.reason,
        comment: noteFor(played, asked),
      };
      const document = 'mutation ($input: RevokeSessionsInput!) { revokeSessions(input: $input) { revokedCount } }';
      if ((await cluster.call(step.by, document, { input })) === null) tally.unanswered++;
      return;
    }
    case 'foreign': {
      const id = numbered(signIns, step.session)?.refreshTokenId;
      if (id === undefined) return;
      const { url, apiKey } = cluster.emulator;
      const answer = await fetch(`${url}/api/jwt/refresh/${id}`, {
        method: 'DELETE',
        headers: { authorization: apiKey },
      });
      await answer.arrayBuffer();
      if (answer.status === 200) foreign.add(id);
      return;
    }
    default:
      return unreachable(step);
  }
}

async function enforce(
  { call }: Pick<Cluster, 'call'>,
  played: Played,
  by: Who,
  rule: Rule,
  maxSessions: number,
  keep: string | null,
  tally: Tally,
): Promise<LimitData | null> {
  const reason = maxSessions === 1 ? 'SINGLE_SESSION_POLICY' : 'SESSION_LIMIT_EXCEEDED';
  const input = {
    userId: played.user.id,
    maxSessions,
    overflow: rule === 'leastRecentlyUsed' ? 'END_LEAST_RECENTLY_USED' : 'END_OLDEST',
    ...(keep === null || !rule.startsWith('keep')
      ? {}
      : { keepSessionIds: [keep], onNewerSession: rule === 'keepRequested' ? 'KEEP_REQUESTED' : 'KEEP_NEWEST' }),
    reason,
    comment: noteFor(played, { by, reason, sessionId: null, rule }),
  };
  const answer = await call<LimitData>(by, limitDocument, { input });
  if (answer === null) tally.unanswered++;
  return answer?.data ?? null;
}

function noteFor({ asked }: Played, what: Asked): string {
  const note = `note ${++notes}`;
  asked.set(note, what);
  return note;
}

/** Calls again while told to: an attempt may still meet what a process that was killed has left under way. */
async function enforceUntilDone({ call }: Cluster, played: Played): Promise<void> {
  const unnoticed = newTally();
  const last: unknown[] = [];
  for (let attempt = 1; attempt <= 40; attempt++) {
    const data = await enforce({ call }, played, 'batch', 'oldest', played.history.limit, null, unnoticed);
    const outcome = data?.enforceSessionLimit.outcome ?? null;
    if (outcome !== null && outcome !== 'PARTIAL') return;
    last.push(data);
    await delay(attempt < 10 ? 20 : 500);
  }
  throw new Error(`The limit cannot be enforced although nothing stands in the way: ${JSON.stringify(last.slice(-3))}`);
}

async function disturb(
  { replicas, restartDatabase }: Cluster,
  what: Disturbance,
  isOver: AbortSignal,
  tally: Tally,
): Promise<void> {
  await delay(what.afterMs);
  switch (what.kind) {
    case 'killInMidEnding':
      if (await numbered(replicas, what.replica)?.killInMidEnding(what.endings, isOver)) tally.kills++;
      return;
    case 'kill':
      tally.kills++;
      return numbered(replicas, what.replica)?.killAndStart();
    case 'cut':
      tally.cuts++;
      numbered(replicas, what.replica)?.database.cut();
      return;
    case 'pause':
      tally.pauses++;
      return numbered(replicas, what.replica)?.pause(what.forMs);
    case 'closed':
    case 'frozen': {
      tally.outages++;
      const way = numbered(replicas, what.replica)?.database;
      way?.set(what.kind);
      await delay(what.forMs);
      way?.set('open');
      return;
    }
    case 'restartDatabase':
      tally.databaseRestarts++;
      return restartDatabase();
    default:
      return unreachable(what);
  }
}

function numbered<T>(list: readonly T[], number: number): T | undefined {
  return list[number % list.length];
}

function unreachable(value: never): never {
  throw new Error(`Unexpected: ${JSON.stringify(value)}`);
}
