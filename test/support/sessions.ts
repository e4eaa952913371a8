import fc from 'fast-check';
import type { SessionLimit } from '../../src/domain/enforcement-plan.js';
import {
  type ApplicationId,
  parseApplicationId,
  parseSessionId,
  parseUserId,
  type SessionId,
  type UserId,
} from '../../src/domain/ids.js';
import type { Session } from '../../src/domain/session.js';

/** The session id that ends in this number, below 10^12. Greater numbers make greater ids. */
export function sessionId(number: number): SessionId {
  return parsed(parseSessionId(`c0000000-0000-4000-8000-${String(number).padStart(12, '0')}`));
}

export const userId: UserId = parsed(parseUserId('b0000000-0000-4000-8000-000000000001'));
export const shop = applicationId(1);
export const console = applicationId(2);
export const wiki = applicationId(3);

interface SessionMembers {
  readonly number: number;
  /** Null: an SSO session. Default: the shop. */
  readonly applicationId?: ApplicationId | null;
  readonly createdAt?: number;
  readonly lastAccessedAt?: number | null;
  readonly expiresAt?: number | null;
  readonly deviceType?: string | null;
}

/** A session of one user whose id ends in `number`. Created, unless told otherwise, at that instant. */
export function session({ number, applicationId: application = shop, ...members }: SessionMembers): Session {
  const facts = {
    id: sessionId(number),
    userId,
    tenantId: null,
    createdAt: members.createdAt ?? number,
    lastAccessedAt: members.lastAccessedAt ?? null,
    expiresAt: members.expiresAt ?? null,
    device: { name: null, description: null, type: members.deviceType ?? null },
    ipAddress: null,
    scopes: [],
  };
  return application === null
    ? { kind: 'sso', applicationId: null, ...facts }
    : { kind: 'application', applicationId: application, ...facts };
}

/** Up to 30 sessions of one user. Few instants, so that many sessions share one. */
export function anySessions(): fc.Arbitrary<readonly Session[]> {
  return fc
    .uniqueArray(
      fc.record({
        number: fc.nat(99),
        applicationId: fc.constantFrom(shop, console, wiki, null),
        createdAt: fc.nat(12),
        lastAccessedAt: fc.option(fc.nat(12)),
        deviceType: fc.constantFrom(null, 'MOBILE', 'Desktop'),
      }),
      { selector: ({ number }) => number, maxLength: 30 },
    )
    .map((list) => list.map(session));
}

export function anyLimit(): fc.Arbitrary<SessionLimit> {
  return fc.record({
    maxSessions: fc.integer({ min: 1, max: 5 }),
    scope: fc.constantFrom<SessionLimit['scope'][]>('user', 'perApplication'),
    applicationIds: fc.constantFrom(null, [shop], [console], [shop, console]),
    deviceTypes: fc.constantFrom(null, ['mobile']),
    ssoSessions: fc.constantFrom<SessionLimit['ssoSessions'][]>('keepAll', 'keepNewest', 'revokeAll'),
  });
}

export function ids(sessions: readonly Session[]): readonly SessionId[] {
  return sessions.map(({ id }) => id);
}

function applicationId(number: number): ApplicationId {
  return parsed(parseApplicationId(`a0000000-0000-4000-8000-00000000000${number}`));
}

function parsed<Id>(id: Id | undefined): Id {
  if (id === undefined) throw new TypeError('Not an id');
  return id;
}
