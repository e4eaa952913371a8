import { setTimeout as delay } from 'node:timers/promises';
import type { Application } from '../../../src/emulator/store/records.js';
import type { TestService } from '../../support/service.js';
import { exchangeRefreshToken, type TestUser } from '../../support/users.js';
import { faultRule, type Step } from './chaos-script.js';
import { queryEnforceSessionLimit } from './operations.js';
import type { SessionHistory } from './session-history.js';

/** Whom a script is about, and what it has asked to be revoked. */
export interface Cast {
  readonly service: TestService;
  readonly history: SessionHistory;
  readonly shortLivedApplication: Application;
  readonly users: readonly { readonly user: TestUser; readonly limit: number }[];
  /** Has sessions that nobody enforces a limit on. */
  readonly bystander: TestUser;
  readonly revokedOnPurpose: Set<string>;
  readonly tally: Tally;
}

/** What a run has come across, so that it can be told from one in which nothing happened. */
export interface Tally {
  scripts: number;
  sessions: number;
  /** Sessions that enforcements ended. */
  ended: number;
  expired: number;
  enforcements: number;
  /** Enforcements that answered PARTIAL or an error. */
  troubled: number;
  /** Enforcements whose caller died before the answer. */
  abandoned: number;
}

/** Carries out one step. What fails because of a fault is left at that, as by a caller who does not call again. */
export async function perform(step: Step, cast: Cast): Promise<void> {
  const { service, history, bystander } = cast;
  const { emulator } = service;
  if (step.kind === 'wait') return emulator.clock.advance(step.minutes * 60_000);
  if (step.kind === 'fault') {
    emulator.faults.add(faultRule(step));
    return;
  }
  const { user, limit } = pick(cast.users, step.user);
  const input = { userId: user.id, maxSessions: limit };
  switch (step.kind) {
    case 'login': {
      const application = step.shortLived ? cast.shortLivedApplication : service.shop;
      await user.login(application.id).catch(() => undefined);
      return;
    }
    case 'refresh': {
      const used = numbered(history.begunBy(user.id), step.session);
      if (used !== undefined) await exchangeRefreshToken(emulator, used.token).catch(() => undefined);
      return;
    }
    case 'enforce': {
      const begun = history.begunBy((step.keep?.of === 'bystander' ? bystander : user).id);
      const kept = step.keep === null ? undefined : numbered(begun, step.keep.session);
      const keepSessionIds = kept === undefined ? {} : { keepSessionIds: [kept.id] };
      const answers = await Promise.all(
        Array.from({ length: step.copies }, () => queryEnforceSessionLimit(service, { ...input, ...keepSessionIds })),
      );
      cast.tally.enforcements += answers.length;
      cast.tally.troubled += answers.filter(({ body: { data, errors } }) => {
        return errors !== undefined || data?.enforceSessionLimit.outcome === 'PARTIAL';
      }).length;
      return;
    }
    case 'abortedEnforce':
      if (await diesUnanswered(service, input, step.afterMs)) cast.tally.abandoned++;
      return;
    case 'revoke': {
      const meant = numbered(history.begunBy(user.id), step.session);
      if (meant === undefined) return;
      cast.revokedOnPurpose.add(meant.id);
      await service.query('mutation($id: ID!) { revokeSession(sessionId: $id) { outcome } }', { id: meant.id });
      return;
    }
    default:
      return unreachable(step);
  }
}

/** True when the caller died before it had the answer. */
async function diesUnanswered(
  service: TestService,
  { userId, maxSessions }: { readonly userId: string; readonly maxSessions: number },
  afterMs: number,
): Promise<boolean> {
  const caller = new AbortController();
  const answer = service.fetch('/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${service.key(['session:enforce'])}`,
    },
    body: JSON.stringify({
      query: `mutation { enforceSessionLimit(input: { userId: "${userId}", maxSessions: ${maxSessions} }) { outcome } }`,
    }),
    signal: caller.signal,
  });
  const died = answer
    .then((response) => response.arrayBuffer())
    .then(
      () => false,
      () => true,
    );
  await delay(afterMs);
  caller.abort();
  return died;
}

function pick<T>(list: readonly T[], number: number): T {
  const item = numbered(list, number);
  if (item === undefined) throw new Error('There is nothing to pick from');
  return item;
}

function numbered<T>(list: readonly T[], number: number): T | undefined {
  return list[number % list.length];
}

function unreachable(value: never): never {
  throw new Error(`Unexpected step: ${JSON.stringify(value)}`);
}
