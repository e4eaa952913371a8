import { setTimeout as delay } from 'node:timers/promises';
import { unreachable } from '../../../src/domain/unreachable.js';
import { exchangeRefreshToken } from '../../support/users.js';
import type { Cluster } from './cluster.js';
import type { Asked, Played, Tally } from './played.js';
import type { Rule, Step, Who } from './script.js';

const limitDocument = `mutation ($input: EnforceSessionLimitInput!) {
  enforceSessionLimit(input: $input) { outcome userErrors { code } }
}`;

interface LimitData {
  readonly enforceSessionLimit: { readonly outcome: string | null };
}

/** How long somebody else waits for FusionAuth, in milliseconds. */
const maxForeignMs = 1_000;

let notes = 0;

/** Does what a step says, and waits for its answer. */
export async function perform(cluster: Cluster, played: Played, step: Step, tally: Tally): Promise<void> {
  const { user, signIns, foreign, history } = played;
  switch (step.kind) {
    case 'login':
      try {
        signIns.push(await user.login());
      } catch (error) {
        if (!played.isDeleted) throw error;
      }
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
    case 'revokeWithSso': {
      const document = `mutation ($id: ID!, $comment: String) {
        revokeSession(sessionId: $id, includeSsoSessions: true, reason: SUSPECTED_COMPROMISE, comment: $comment) { outcome }
      }`;
      await Promise.all(
        step.by.map(async (by, index) => {
          const sessionId = numbered(signIns, step.session + index)?.refreshTokenId;
          if (sessionId === undefined) return;
          const asked = { by, reason: 'SUSPECTED_COMPROMISE', sessionId, rule: 'withSso' } as const;
          const answer = await cluster.call(by, document, { id: sessionId, comment: noteFor(played, asked) });
          if (answer === null) tally.unanswered++;
        }),
      );
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
        signal: AbortSignal.timeout(maxForeignMs),
      }).catch(() => null);
      await answer?.arrayBuffer();
      // FusionAuth may carry out what it does not answer, as it does with revocations of replicas.
      if (answer?.status === 200 || (answer?.status !== 404 && cluster.sessions.wasRevoked(id))) foreign.add(id);
      return;
    }
    case 'twins': {
      // No event shows them to the policy.
      if (played.isDeleted || history.isGoverned) return;
      const insertInstant = cluster.emulator.clock.now();
      for (let count = 0; count < step.count; count++) user.addSession({ insertInstant });
      return;
    }
    case 'rotate': {
      const id = numbered(signIns, step.session)?.refreshTokenId ?? '';
      const token = cluster.emulator.store.sessions.get(id)?.session.token;
      if (token !== undefined) await exchangeRefreshToken(cluster.emulator, token);
      return;
    }
    case 'delete': {
      const { url, apiKey } = cluster.emulator;
      played.isDeleted = true;
      const method = 'DELETE';
      const answer = await fetch(`${url}/api/user/${user.id}?hardDelete=true`, {
        method,
        headers: { authorization: apiKey },
      });
      await answer.arrayBuffer();
      if (answer.status !== 200) throw new Error(`The deletion of a user answered ${answer.status}`);
      tally.deleted++;
      return;
    }
    default:
      return unreachable(step);
  }
}

export async function enforce(
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
    ...overflowOf(rule),
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

function overflowOf(rule: Rule) {
  switch (rule) {
    case 'leastRecentlyUsed':
      return { overflow: 'END_LEAST_RECENTLY_USED' };
    case 'denyNew':
      return { overflow: 'DENY_NEW', ssoSessions: 'KEEP_ALL' };
    default:
      return { overflow: 'END_OLDEST' };
  }
}

function noteFor({ asked }: Played, what: Asked): string {
  const note = `note ${++notes}`;
  asked.set(note, what);
  return note;
}

export function numbered<T>(list: readonly T[], number: number): T | undefined {
  return list[number % list.length];
}
