import { ClaimedIds } from '../../src/domain/claimed-ids.js';
import type { TenantId } from '../../src/domain/ids.js';
import type { Clock } from '../../src/domain/ports/clock.js';
import type { Revocation } from '../../src/domain/revocation.js';
import type { RecordedRevocation, SessionEvent } from '../../src/domain/session-event.js';
import { InProcessEventFeed, type InProcessEventFeedOptions } from '../../src/in-process/event-feed.js';
import {
  InProcessRevocationMemory,
  type InProcessRevocationMemoryOptions,
} from '../../src/in-process/revocation-memory.js';
import { Sequence } from '../../src/in-process/sequence.js';
import { InProcessSessionClaims } from '../../src/in-process/session-claims.js';
import { InProcessSessionHistory } from '../../src/in-process/session-history.js';
import { InProcessSessionLog } from '../../src/in-process/session-log.js';

/** A feed of a log of its own. */
export class FeedOfItsOwn extends InProcessEventFeed {
  readonly #sequence: Sequence;

  constructor(options: Omit<InProcessEventFeedOptions, 'positionOf'>) {
    const sequence = new Sequence();
    super({ ...options, positionOf: (id) => sequence.positionOf(id) });
    this.#sequence = sequence;
  }

  append(facts: Omit<SessionEvent, 'id'>): void {
    const { id, position } = this.#sequence.next();
    this.publish({ ...facts, id }, position);
  }
}

/** A memory of a log of its own, in which other things happen between revocations. */
export class MemoryOfItsOwn extends InProcessRevocationMemory {
  readonly #sequence: Sequence;

  constructor(options: Omit<InProcessRevocationMemoryOptions, 'positionOf'>) {
    const sequence = new Sequence();
    super({ ...options, positionOf: (id) => sequence.positionOf(id) });
    this.#sequence = sequence;
  }

  add(revocation: Revocation, tenantId: TenantId | null = null): RecordedRevocation {
    for (let others = this.#sequence.next().position % 3; others > 0; others--) this.#sequence.next();
    const { id, position } = this.#sequence.next();
    this.remember({ ...revocation, id, tenantId }, position);
    return { ...revocation, id };
  }
}

interface PartsOptions {
  readonly clock: Clock;
  readonly maxEntries: number;
  readonly endingMaxAgeMs: number;
  /** Default: one of their own. */
  readonly sequence?: Sequence;
}

/** The parts that the stores of one process are made of. */
export function createParts({ clock, maxEntries, endingMaxAgeMs, sequence = new Sequence() }: PartsOptions) {
  const positionOf = (id: string) => sequence.positionOf(id);
  const feed = new InProcessEventFeed({ maxWaitingEvents: 100, maxRememberedEvents: 100, positionOf });
  const onForgotten = () => {};
  const memory = new InProcessRevocationMemory({ clock, maxEntries, endingMaxAgeMs, positionOf, onForgotten });
  const claims = new InProcessSessionClaims();
  const deliveries = new ClaimedIds(clock, 100);
  const history = new InProcessSessionHistory({ clock, maxEntries, maxAgeMs: endingMaxAgeMs });
  const log = new InProcessSessionLog({ sequence, feed, memory, claims, deliveries, history });
  return { feed, memory, claims, history, log };
}
