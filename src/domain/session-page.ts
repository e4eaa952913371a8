import { InvalidInputError } from './errors.js';
import { parseSessionId } from './ids.js';
import type { Session } from './session.js';
import { comparator, type OrderKey, type SessionOrder } from './session-query.js';

export interface PageRequest {
  /** Which of the sessions between the cursors: the first or the last ones. */
  readonly take: 'first' | 'last';
  /** How many sessions the page holds at most. */
  readonly size: number;
  /** The cursor of a session before the page; null to begin with the first of the list. */
  readonly after: string | null;
  /** The cursor of a session behind the page; null to end with the last of the list. */
  readonly before: string | null;
}

export interface SessionPage {
  readonly sessions: readonly Session[];
  /** How many sessions match, over all pages. */
  readonly totalCount: number;
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

/**
 * Cuts a page out of an ordered list. A cursor holds a place in the order, not an index or a session: it stays valid
 * while sessions come and go. In the order of creation, pages neither repeat nor skip a session that stays; in the
 * other orders a session moves when it is used.
 * @param sessions In the given order.
 * @throws InvalidInputError when the cursor is malformed or made for another order.
 */
export function pageOf(sessions: readonly Session[], order: SessionOrder, request: PageRequest): SessionPage {
  const { take, size, after, before } = request;
  const compare = comparator(order);
  const placeAfter = after === null ? null : decodeCursor(after, order, 'after');
  const placeBefore = before === null ? null : decodeCursor(before, order, 'before');
  const from = placeAfter === null ? 0 : firstIndex(sessions, (session) => compare(session, placeAfter) > 0);
  const to =
    placeBefore === null ? sessions.length : firstIndex(sessions, (session) => compare(session, placeBefore) >= 0);
  const start = take === 'first' ? from : Math.max(from, to - size);
  const page = sessions.slice(start, Math.max(start, Math.min(to, start + size)));
  return {
    sessions: page,
    totalCount: sessions.length,
    hasNextPage: start + page.length < sessions.length,
    hasPreviousPage: start > 0,
  };
}

/** Opaque to callers: the ordering instant, the creation and the id, which break ties. */
export function cursorOf(session: Session, order: SessionOrder): string {
  const place = [order.field, order.direction, session[order.field], session.createdAt, session.id];
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function firstIndex(sessions: readonly Session[], isMatch: (session: Session) => boolean): number {
  const index = sessions.findIndex(isMatch);
  return index === -1 ? sessions.length : index;
}

function decodeCursor(cursor: string, order: SessionOrder, argument: 'after' | 'before'): OrderKey {
  const place = parseJson(Buffer.from(cursor, 'base64url').toString(), argument);
  if (!Array.isArray(place) || place.length !== 5) throw malformed(argument);
  const [field, direction, value, createdAt, id] = place as unknown[];
  const sessionId = parseSessionId(id);
  if (sessionId === undefined || typeof createdAt !== 'number' || !(value === null || typeof value === 'number')) {
    throw malformed(argument);
  }
  if (field === 'createdAt' && value !== createdAt) throw malformed(argument);
  if (field !== order.field || direction !== order.direction) {
    throw new InvalidInputError(
      [argument],
      `${argument} is a cursor of a list in another order. Start from the first page.`,
    );
  }
  return { id: sessionId, createdAt, lastAccessedAt: null, expiresAt: null, [order.field]: value };
}

function parseJson(text: string, argument: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed(argument);
  }
}

function malformed(argument: string): InvalidInputError {
  return new InvalidInputError([argument], `${argument} is not a cursor of this list.`);
}
