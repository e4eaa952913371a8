import {
  type ApplicationId,
  parseApplicationId,
  parseSessionId,
  parseTenantId,
  parseUserId,
  type SessionId,
  type TenantId,
} from '../domain/ids.js';
import type { Revocation } from '../domain/revocation.js';
import type { Instant } from '../domain/session.js';
import { GuardError } from './guard-error.js';

export const revocationsDocument = `query GuardRevocations($after: ID, $first: Int!) {
  revocationsCompleteSince
  revocations(after: $after, first: $first) {
    id sessionId userId applicationId issuedBefore expiresAt
  }
}`;

export const viewerDocument = 'query GuardViewer { viewer { permissions tenantIds applicationIds } }';

export const liveSessionsDocument = `query GuardLiveSessions($ids: [ID!]!, $userIds: [ID!], $maxAgeSeconds: Int!) {
  liveSessions(ids: $ids, userIds: $userIds, maxAgeSeconds: $maxAgeSeconds) { sessionId status ageMilliseconds }
}`;

export const eventsDocument = `subscription GuardEvents {
  sessionEvents(types: [SESSION_REVOKED]) {
    id occurredAt revocation { id sessionId userId applicationId issuedBefore expiresAt }
  }
}`;

interface RevocationsPage {
  readonly completeSince: Instant;
  readonly revocations: readonly Revocation[];
  /** The id of the last one; null when there is none. */
  readonly lastId: string | null;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** @throws GuardError when any part is malformed, because a dropped revocation would mean an accepted token. */
export function decodeRevocationsPage(data: JsonObject): RevocationsPage {
  const list = data['revocations'];
  if (!Array.isArray(list)) throw malformed('revocations is no list');
  const records = list.map((record: unknown) => objectOf(record, 'a revocation'));
  const last = records.at(-1);
  if (last !== undefined && typeof last['id'] !== 'string') throw malformed('a revocation has no id');
  return {
    completeSince: instantOf(data, 'revocationsCompleteSince'),
    revocations: records.map(decodeRevocation),
    lastId: last === undefined ? null : String(last['id']),
  };
}

/** The revocation in a message of the subscription; null when no access token depends on the event. */
export function decodeEventMessage(text: string): Revocation | null {
  const result = objectOf(parseJson(text), 'a message');
  const error = errorIn(result);
  if (error !== null) throw error;
  const event = objectOf(objectOf(result['data'], 'data')['sessionEvents'], 'an event');
  const revocation = event['revocation'];
  return revocation === null ? null : decodeRevocation(objectOf(revocation, 'a revocation'));
}

/** The tenants, applications and permissions of the guard's key. */
export interface Reach {
  readonly permissions: readonly string[];
  /** Null for any. */
  readonly tenantIds: readonly TenantId[] | null;
  readonly applicationIds: readonly ApplicationId[] | null;
}

export function decodeReach(data: JsonObject): Reach {
  const viewer = objectOf(data['viewer'], 'viewer');
  const ids = <Id>(name: string, parse: (value: unknown) => Id | undefined): readonly Id[] | null => {
    const value = viewer[name];
    if (value === null) return null;
    if (!Array.isArray(value)) throw malformed(`${name} is no list`);
    return value.map(parse).filter((id) => id !== undefined);
  };
  const permissions = ids('permissions', (value) => (typeof value === 'string' ? value : undefined)) ?? [];
  const tenantIds = ids('tenantIds', parseTenantId);
  return { permissions, tenantIds, applicationIds: ids('applicationIds', parseApplicationId) };
}

const statuses = ['LIVES', 'ENDED', 'PENDING', 'FAILED'] as const;

export interface Confirmation {
  readonly status: (typeof statuses)[number];
  /** How long ago it was last known to live; null when it never was. */
  readonly ageMs: number | null;
}

export function decodeLiveSessions(data: JsonObject): ReadonlyMap<SessionId, Confirmation> {
  const list = data['liveSessions'];
  if (!Array.isArray(list)) throw malformed('liveSessions is no list');
  return new Map(
    list.map((value: unknown) => {
      const record = objectOf(value, 'a confirmation');
      const sessionId = parseSessionId(record['sessionId']);
      const status = statuses.find((one) => one === record['status']);
      const age = record['ageMilliseconds'];
      if (sessionId === undefined || status === undefined) throw malformed('a confirmation has no session or status');
      const ageMs = typeof age === 'number' && age >= 0 ? age : null;
      if (status === 'LIVES' && ageMs === null) throw malformed('a session that lives has no age');
      return [sessionId, { status, ageMs }];
    }),
  );
}

/** The error in an answer; null without one. */
export function errorIn(result: JsonObject): GuardError | null {
  const errors = result['errors'];
  if (errors === undefined) return null;
  const [first]: readonly unknown[] = Array.isArray(errors) ? errors : [];
  const extensions = isObject(first) && isObject(first['extensions']) ? first['extensions'] : {};
  const code = extensions['code'];
  const serviceCode = typeof code === 'string' && /^[A-Z_]{1,64}$/.test(code) ? code : null;
  if (serviceCode === 'SUBSCRIPTION_OVERFLOW') {
    return new GuardError('FEED_OVERFLOW', 'Events came faster than they were read', { serviceCode });
  }
  const id = extensions['requestId'];
  const requestId = typeof id === 'string' && /^[\w.:-]{1,64}$/.test(id) ? id : null;
  const said = isObject(first) && typeof first['message'] === 'string' && requestId !== null ? first['message'] : '';
  const details = said === '' ? '' : `: ${said.slice(0, maxQuotedCharacters)} (request ${requestId})`;
  const message = `The service answered with the error ${serviceCode ?? 'unknown'}${details}`;
  return new GuardError('FEED_REFUSED', message, { serviceCode, requestId });
}

/** How much of a message of the service is quoted, in characters. */
const maxQuotedCharacters = 300;

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's error would quote the text.
    throw malformed('it is not JSON');
  }
}

export function objectOf(value: unknown, name: string): JsonObject {
  if (!isObject(value)) throw malformed(`${name} is no object`);
  return value;
}

export function malformed(what: string): GuardError {
  return new GuardError('FEED_MALFORMED', `What the service says is not understood: ${what}`);
}

function decodeRevocation(record: JsonObject): Revocation {
  const idOf = <Id>(name: string, parse: (value: unknown) => Id | undefined): Id | null => {
    const value = record[name];
    if (value === null) return null;
    const id = parse(value);
    if (id === undefined) throw malformed(`${name} of a revocation is no id`);
    return id;
  };
  const sessionId = idOf('sessionId', parseSessionId);
  const userId = idOf('userId', parseUserId);
  const applicationId = idOf('applicationId', parseApplicationId);
  if (sessionId === null && userId === null && applicationId === null) {
    throw malformed('a revocation is about nothing in particular');
  }
  const [issuedBefore, expiresAt] = [instantOf(record, 'issuedBefore'), instantOf(record, 'expiresAt')];
  return { sessionId, userId, applicationId, issuedBefore, expiresAt };
}

function instantOf(record: JsonObject, name: string): Instant {
  const value = record[name];
  const instant = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(instant)) throw malformed(`${name} is no instant`);
  return instant;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
