import { parseApplicationId, parseSessionId, parseUserId } from '../domain/ids.js';
import type { Revocation } from '../domain/revocation.js';
import type { Instant } from '../domain/session.js';
import { GuardError } from './guard-error.js';

export const revocationsDocument = `query GuardRevocations($since: DateTime, $after: ID, $first: Int!) {
  revocationsCompleteSince
  revocations(since: $since, after: $after, first: $first) {
    id sessionId userId applicationId issuedBefore expiresAt
  }
}`;

export const sessionDocument = 'query GuardSession($id: ID!) { session(id: $id) { id } }';

export const eventsDocument = `subscription GuardEvents {
  sessionEvents(types: [SESSION_REVOKED]) {
    id occurredAt revocation { id sessionId userId applicationId issuedBefore expiresAt }
  }
}`;

export interface RevocationsPage {
  readonly completeSince: Instant;
  readonly revocations: readonly Revocation[];
  /** The id of the last one; null when there is none. */
  readonly lastId: string | null;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** @throws GuardError when anything is not as it should be: one revocation less would be one token accepted. */
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

/** True when the session lives. */
export function decodeSession(data: JsonObject): boolean {
  const session = data['session'];
  if (session === null) return false;
  objectOf(session, 'session');
  return true;
}

/** What an answer says has gone wrong; null when nothing has. */
export function errorIn(result: JsonObject): GuardError | null {
  const errors = result['errors'];
  if (errors === undefined) return null;
  const [first]: readonly unknown[] = Array.isArray(errors) ? errors : [];
  const extensions = isObject(first) && isObject(first['extensions']) ? first['extensions'] : {};
  const code = extensions['code'];
  // Nothing else of the error is kept, as it could be anything.
  const serviceCode = typeof code === 'string' && /^[A-Z_]{1,64}$/.test(code) ? code : null;
  return serviceCode === 'SUBSCRIPTION_OVERFLOW'
    ? new GuardError('FEED_OVERFLOW', 'Events came faster than they were read', { serviceCode })
    : new GuardError('FEED_REFUSED', `The service answered with the error ${serviceCode ?? 'unknown'}`, {
        serviceCode,
      });
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What the parser says would quote the text.
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

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
