import type { Caller } from './caller.js';
import type { SessionEndReason } from './ended-session.js';
import type { UserId } from './ids.js';

/** On whose behalf a session was revoked, for the record. */
export interface Actor {
  readonly kind: Caller['kind'];
  /** Null for a service. */
  readonly userId: UserId | null;
  /** The name of a service key, or the subject of an access token. */
  readonly name: string;
}

/** Why and through what this service revokes sessions. */
export interface RevocationCause {
  readonly reason: SessionEndReason;
  readonly actor: Actor;
  /** The caller's comment, for the record only. */
  readonly comment: string | null;
  /** The request that revoked it. */
  readonly requestId: string;
}

export function actorOf(caller: Caller): Actor {
  return { kind: caller.kind, userId: caller.kind === 'user' ? caller.userId : null, name: caller.name };
}
