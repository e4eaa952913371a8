import type { SessionId } from './ids.js';
import type { ReservationChange, SignInReservation } from './ports/sign-in-reservations.js';
import type { Instant, Session } from './session.js';

/** A sign-in that asks to be let in, and what is known of its budget. */
interface SignInRequest {
  /** Of the event with which FusionAuth asks. */
  readonly id: string;
  readonly budget: string;
  /** How many sessions the budget allows. */
  readonly allow: number;
  readonly at: Instant;
  /** When the place that it gets lapses. */
  readonly expiresAt: Instant;
  /** By the clock of FusionAuth. */
  readonly now: Instant;
  /** The sessions in the budget, as they were listed. */
  readonly sessions: readonly Pick<Session, 'id' | 'createdAt'>[];
  /** The places that were reserved before the sessions were listed. */
  readonly heldBefore: readonly SignInReservation[];
}

/** `stale`: another sign-in has seen sessions that the list does not show, so they have to be listed anew. */
type SignInAnswer = 'admitted' | 'denied' | 'stale';

/**
 * Decides whether a sign-in is let in, and keeps a place for it. Pure. A place counts until its session appears or the
 * place lapses. So no more sign-ins are let in than the budget allows, however many ask at once.
 */
export function reserveSignIn(
  held: readonly SignInReservation[],
  request: SignInRequest,
): ReservationChange<SignInAnswer> {
  const { id, budget, at, expiresAt, now, allow, sessions, heldBefore } = request;
  const current = held.filter((one) => one.expiresAt > now);
  if (current.some((one) => one.id === id)) return { answer: 'admitted', held: current };
  const listed = new Set(sessions.map((session) => session.id));
  const takenBefore = new Set(heldBefore.map(({ sessionId }) => sessionId));
  const isUnlisted = ({ sessionId, ...one }: SignInReservation) =>
    one.budget === budget && sessionId !== null && !listed.has(sessionId) && !takenBefore.has(sessionId);
  if (current.some(isUnlisted)) return { answer: 'stale', held };
  const confirmed = confirmPlaces(current, budget, sessions);
  const kept = confirmed.filter((one) => one.budget === budget && one.sessionId === null);
  if (sessions.length + kept.length >= allow) return { answer: 'denied', held: confirmed };
  return { answer: 'admitted', held: [...confirmed, { id, budget, at, expiresAt, sessionId: null }] };
}

/**
 * Assigns the oldest unassigned session that the sign-in can have made to each place of a budget, oldest place first. The
 * sooner that is done, the fewer sessions end before anybody has seen that they took their places.
 */
export function confirmPlaces(
  held: readonly SignInReservation[],
  budget: string,
  sessions: SignInRequest['sessions'],
): readonly SignInReservation[] {
  const taken = new Set<SessionId>(held.flatMap(({ sessionId }) => sessionId ?? []));
  const free = sessions.filter((session) => !taken.has(session.id)).sort((a, b) => a.createdAt - b.createdAt);
  const confirmed = new Map<SignInReservation, SignInReservation>();
  for (const one of held.filter((place) => place.budget === budget && place.sessionId === null).sort(byInstant)) {
    const index = free.findIndex(({ createdAt }) => createdAt >= one.at);
    const [session] = index < 0 ? [] : free.splice(index, 1);
    if (session !== undefined) confirmed.set(one, { ...one, sessionId: session.id });
  }
  return held.map((one) => confirmed.get(one) ?? one);
}

function byInstant(one: SignInReservation, other: SignInReservation): number {
  return one.at - other.at;
}
