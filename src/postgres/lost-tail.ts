import { initiatingEntityOf } from '../domain/ended-session.js';
import type { RememberedRevocation } from '../domain/ports/revocation-memory.js';
import type { Publication, SessionLog } from '../domain/ports/session-log.js';
import { recordedDevice } from '../domain/recorded-device.js';
import type { TokenIdentity } from '../domain/revocation.js';
import type { SessionEvent } from '../domain/session-event.js';
import type { InProcessRevocationMemory } from '../in-process/revocation-memory.js';

/** How often all missing revocations are published, because there may be more than a memory holds. */
const maxRounds = 10;

/** How many are published at the same time: hundreds of them are one statement, and others wait for their turn, too. */
const maxAtOnce = 5_000;

/**
 * Revocations that this process has read and the database may have lost, by a fail-over or a restored backup. This
 * process applies them until they have been published again, so that no revocation is lost that any process still
 * knows. Their causes are known only to the database.
 */
export class LostTail {
  #rounds = 0;
  #former: InProcessRevocationMemory | null = null;
  /** The events of the revocations, by the id of the revocation, as far as they are remembered. */
  readonly #events = new Map<string, SessionEvent>();

  get isEmpty(): boolean {
    return this.#former === null;
  }

  /** @param former The memory until now. @param events The newest, with their reasons. */
  keep(former: InProcessRevocationMemory, events: readonly SessionEvent[]): void {
    for (const event of events) if (event.revocation !== null) this.#events.set(event.revocation.id, event);
    this.#rounds = 0;
    this.#former ??= former;
    for (const revocation of former.missingIn(this.#former)) this.#former.remember(revocation, 0);
  }

  covers(token: TokenIdentity): boolean {
    return this.#former?.covers(token) === true;
  }

  /**
   * Publishes the revocations that the new memory lacks. @throws StoreUnavailableError when the rest waits for another
   * try.
   */
  async publish(log: Pick<SessionLog, 'publish'>, known: InProcessRevocationMemory): Promise<void> {
    const former = this.#former;
    if (former === null) return;
    const missing = former.missingIn(known);
    // Revocations that other processes publish are read a moment later.
    if (missing.length === 0 || this.#rounds >= maxRounds) {
      this.#former = null;
      this.#events.clear();
      return;
    }
    for (let first = 0; first < missing.length; first += maxAtOnce) {
      const some = missing.slice(first, first + maxAtOnce);
      await Promise.all(some.map((revocation) => log.publish(this.#publicationOf(revocation))));
    }
    // However often the database takes nothing, as with a full disk, they are kept.
    this.#rounds++;
  }

  /** Other processes publish the same revocation, so it is claimed like a delivery. */
  #publicationOf({ id, tenantId, issuedBefore, expiresAt, ...about }: RememberedRevocation): Publication {
    const event = this.#events.get(id);
    const { sessionId, userId, applicationId } = about;
    const reason = event?.reason ?? 'OTHER';
    const occurredAt = event?.occurredAt ?? issuedBefore;
    const why = { reason, initiatingEntity: initiatingEntityOf(reason) };
    const facts = { ...why, applicationId, endedAt: occurredAt, replacedBySessionId: null };
    const ending =
      sessionId === null || userId === null
        ? null
        : {
            ended: { ...facts, id: sessionId, userId, accessTokensExpireBy: expiresAt },
            outcome: 'revoked' as const,
            tokensExpireBy: expiresAt,
            cause: null,
          };
    const policy = event?.policy === undefined ? {} : { policy: event.policy };
    const device = recordedDevice(event?.device);
    const again = { ...about, ...why, tenantId, occurredAt, type: 'SESSION_REVOKED' as const, ...policy, device };
    return {
      entries: [{ event: again, refusal: { issuedBefore, expiresAt }, ending }],
      delivery: { id: `again ${id}`, expiresAt },
    };
  }
}
