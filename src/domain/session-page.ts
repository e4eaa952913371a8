import { InvalidInputError } from './errors.js';
import { parseSessionId } from './ids.js';
import type { Session } from './session.js';
import { comparator, type OrderKey, type SessionOrder } from './session-query.js';

export interface PageRequest {
  /** How many sessions the page holds at most. */
  readonly first: number;
  /** The cursor of the session before the page; null for the first page. */
  readonly after: string | null;
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
 * while sessions come and go. In the order of creation, pages neither repeat nor skip what stays; in the other orders
 * a session moves when it is used.
 * @param sessions In the given order.
 * @throws InvalidInputError when the cursor is malformed or made for another order.
 */
export function pageOf(sessions: readonly Session[], order: SessionOrder, { first, after }: PageRequest): SessionPage {
  const start = after === null ? 0 : firstAfter(sessions, order, decodeCursor(after, order));
  const page = sessions.slice(start, start + first);
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

function firstAfter(sessions: readonly Session[], order: SessionOrder, place: OrderKey): number {
  const compare = comparator(order);
  const index = sessions.findIndex((session) => compare(session, place) > 0);
  return index === -1 ? sessions.length : index;
}

function decodeCursor(cursor: string, order: SessionOrder): OrderKey {
  const place = parseJson(Buffer.from(cursor, 'base64url').toString());
  if (!Array.isArray(place) || place.length !== 5) throw malformed();
  const [field, direction, value, createdAt, id] = place as unknown[];
  const sessionId = parseSessionId(id);
  if (sessionId === undefined || typeof createdAt !== 'number' || !(value === null || typeof value === 'number')) {
    throw malformed();
  }
  if (field === 'createdAt' && value !== createdAt) throw malformed();
  if (field !== order.field || direction !== order.direction) {
    throw new InvalidInputError(['after'], 'after is a cursor of a list in another order. Start from the first page.');
  }
  return { id: sessionId, createdAt, lastAccessedAt: null, expiresAt: null, [order.field]: value };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed();
  }
}

function malformed(): InvalidInputError {
  return new InvalidInputError(['after'], 'after is not a cursor of this list.');
}
