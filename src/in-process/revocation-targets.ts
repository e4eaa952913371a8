import type { RememberedRevocation } from '../domain/ports/revocation-memory.js';
import type { Revocation, TokenIdentity } from '../domain/revocation.js';
import type { Instant } from '../domain/session.js';

/** A revocation in the memory of a process. */
export interface Entry extends RememberedRevocation {
  /** Counted from 1, without gaps. */
  readonly index: number;
  readonly position: number;
  readonly rememberedAt: Instant;
}

/** What was revoked of one target, taken together. */
export interface RevokedTarget {
  readonly revocation: Revocation;
  /** Of the entry that reaches furthest: when that is forgotten, so is all. */
  readonly index: number;
}

/** Events can come in another order than they happened in, and lifetimes can change in between. */
export function together(known: RevokedTarget | undefined, entry: Entry): RevokedTarget {
  if (known === undefined) return { revocation: entry, index: entry.index };
  const { revocation, index } = known;
  return {
    revocation: {
      ...entry,
      issuedBefore: Math.max(entry.issuedBefore, revocation.issuedBefore),
      expiresAt: Math.max(entry.expiresAt, revocation.expiresAt),
    },
    index: entry.expiresAt >= revocation.expiresAt ? entry.index : index,
  };
}

/** Revocations of the same target differ in time only. */
export function targetOf({ sessionId, userId, applicationId }: Revocation): string {
  return sessionId !== null ? `session ${sessionId}` : `${userId} ${applicationId}`;
}

/** Each target whose revocation covers the token. */
export function targetsConcerning({ sessionId, userId, applicationIds }: TokenIdentity): readonly string[] {
  const targets = sessionId === null ? [] : [`session ${sessionId}`];
  const applications = [...applicationIds, null];
  for (const user of userId === null ? [null] : [userId, null]) {
    for (const application of applications) targets.push(`${user} ${application}`);
  }
  return targets;
}
