import type { ApplicationId } from './ids.js';
import { comparableAddress } from './ip-address.js';
import { type Instant, isLive, newestFirst, type Session } from './session.js';

/** Which sessions of a user to show. A null member does not restrict; an empty list matches nothing. */
export interface SessionFilter {
  readonly applicationIds: readonly ApplicationId[] | null;
  readonly kinds: readonly Session['kind'][] | null;
  /** Compared without regard to case, since device types are free text. */
  readonly deviceTypes: readonly string[] | null;
  /** Last used from exactly this address, in whichever form. */
  readonly ipAddress: string | null;
  /** A part of the id, of what the device is called or is, or of the address, without regard to case. */
  readonly text: string | null;
  readonly states: readonly SessionState[];
  readonly createdAt: InstantRange | null;
  /** A session without the instant is outside every range. */
  readonly lastAccessedAt: InstantRange | null;
}

export type SessionState = 'active' | 'expired';

/** From `after`, inclusive, to `before`, exclusive. Null leaves that end open. */
export interface InstantRange {
  readonly after: Instant | null;
  readonly before: Instant | null;
}

export interface SessionOrder {
  readonly field: 'createdAt' | 'lastAccessedAt' | 'expiresAt';
  readonly direction: 'ascending' | 'descending';
}

export const liveSessions: SessionFilter = {
  applicationIds: null,
  kinds: null,
  deviceTypes: null,
  ipAddress: null,
  text: null,
  states: ['active'],
  createdAt: null,
  lastAccessedAt: null,
};

export const byNewest: SessionOrder = { field: 'createdAt', direction: 'descending' };

export function stateOf(session: Session, at: Instant): SessionState {
  return isLive(session, at) ? 'active' : 'expired';
}

/** The sessions that match, in the order asked. Sessions without the ordering instant come last either way. */
export function selectSessions(
  sessions: readonly Session[],
  filter: SessionFilter,
  order: SessionOrder,
  at: Instant,
): readonly Session[] {
  const ipAddress = filter.ipAddress === null ? null : comparableAddress(filter.ipAddress);
  const wanted = { ...filter, ipAddress };
  return sessions.filter((session) => matches(session, wanted, at)).sort(comparator(order));
}

function matches(session: Session, filter: SessionFilter, at: Instant): boolean {
  const { applicationIds, kinds, deviceTypes, ipAddress, text, states, createdAt, lastAccessedAt } = filter;
  return (
    states.includes(stateOf(session, at)) &&
    (kinds === null || kinds.includes(session.kind)) &&
    (applicationIds === null || (session.applicationId !== null && applicationIds.includes(session.applicationId))) &&
    (deviceTypes === null || isOfType(session, deviceTypes)) &&
    (ipAddress === null || isAddress(session, ipAddress)) &&
    (text === null || holds(session, text.toLowerCase())) &&
    (createdAt === null || isWithin(session.createdAt, createdAt)) &&
    (lastAccessedAt === null || isWithin(session.lastAccessedAt, lastAccessedAt))
  );
}

/** Each list in lower case, made once however many sessions are compared with it. */
const lowerCased = new WeakMap<readonly string[], ReadonlySet<string>>();

/** True when the session's device is of one of the types; case does not matter, since types are free text. */
export function isOfType({ device }: Session, types: readonly string[]): boolean {
  const type = device.type?.toLowerCase();
  if (type === undefined) return false;
  const wanted = lowerCased.get(types) ?? new Set(types.map((one) => one.toLowerCase()));
  lowerCased.set(types, wanted);
  return wanted.has(type);
}

function holds({ id, device, ipAddress }: Session, text: string): boolean {
  const { name, description, type } = device;
  return (
    [id, name, description, type, ipAddress].some((value) => value?.toLowerCase().includes(text) === true) ||
    (text.includes(':') && isAddress({ ipAddress }, comparableAddress(text)))
  );
}

/** @param wanted In its comparable form. */
function isAddress({ ipAddress }: Pick<Session, 'ipAddress'>, wanted: string): boolean {
  return ipAddress !== null && comparableAddress(ipAddress) === wanted;
}

function isWithin(instant: Instant | null, { after, before }: InstantRange): boolean {
  return instant !== null && (after === null || instant >= after) && (before === null || instant < before);
}

/** The values that the order compares: of a session, or of a place in a list. */
export interface OrderKey {
  readonly id: string;
  readonly createdAt: Instant;
  readonly lastAccessedAt: Instant | null;
  readonly expiresAt: Instant | null;
}

export function comparator({ field, direction }: SessionOrder): (a: OrderKey, b: OrderKey) => number {
  const sign = direction === 'ascending' ? 1 : -1;
  if (field === 'createdAt') return (a, b) => -sign * newestFirst(a, b);
  return (a, b) => {
    const [left, right] = [a[field], b[field]];
    if (left === right) return newestFirst(a, b);
    if (left === null) return 1;
    if (right === null) return -1;
    return sign * (left - right);
  };
}
