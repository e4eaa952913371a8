import { StoreUnavailableError } from '../domain/errors.js';
import type { Instant } from '../domain/session.js';
import type { SessionEvent } from '../domain/session-event.js';
import type { InProcessRevocationMemory } from '../in-process/revocation-memory.js';
import { SealedPositions } from '../stores/sealed-positions.js';
import type { LogSource } from './log-source.js';
import { type EventRow, eventOf } from './rows.js';

/** How often everything is read again because it has changed meanwhile. */
const maxReadings = 10;

/**
 * Reads everything that a replica remembers, from one consistent history: changes during the reading cause another one.
 * @param known The instant since which the log was complete, as far as the replica knew.
 * @throws StoreUnavailableError
 */
export async function readAnew(source: LogSource, createMemory: () => InProcessRevocationMemory, known: Instant) {
  for (let attempt = 1; attempt <= maxReadings; attempt++) {
    const head = await source.head();
    if (head.fingerprint !== head.knownFingerprint) {
      await source.beginEpoch(head.epoch, known);
      continue;
    }
    const ids = new SealedPositions({ key: head.idKey, epoch: BigInt(head.epoch) });
    const loaded = await loadUpTo(head.position, ids, source, createMemory);
    const { epoch, fingerprint, position } = await source.head();
    const isSame = epoch === head.epoch && fingerprint === head.fingerprint && position >= head.position;
    // The newest event is never deleted.
    if (isSame && (loaded.last !== null || position === 0 || attempt === maxReadings)) return { head, ids, ...loaded };
  }
  throw new StoreUnavailableError({ cause: new Error('The database changes while it is read') });
}

/** Reads the events and revocations that matter, up to a position. */
export async function loadUpTo(
  upTo: number,
  ids: SealedPositions,
  source: LogSource,
  createMemory: () => InProcessRevocationMemory,
) {
  const local = createMemory();
  const read: { event: SessionEvent; position: number }[] = [];
  let last: string | null = null;
  for await (const row of source.rememberedUpTo(upTo)) {
    const position = Number(row.position);
    const event = eventOf(row, ids.idOf(position));
    if (event.revocation !== null) {
      local.remember({ ...event.revocation, tenantId: event.tenantId }, position, row.recorded_at.getTime());
    }
    // There may be a million older ones whose revocation matters, which the memory bounds.
    if (position > upTo - source.maxRememberedEvents) read.push({ event, position });
    if (position === upTo) last = looksOf(row);
  }
  return { local, remembered: read.slice(firstWithoutGap(read, upTo)), last };
}

/** A fingerprint of an event that survives erasure and differs between events. */
export function looksOf({ type, reason, occurred_at, recorded_at }: EventRow): string {
  return JSON.stringify([type, reason, occurred_at, recorded_at]);
}

/** The first event behind the last gap. Subscribers cannot resume after events before it. */
function firstWithoutGap(events: readonly { readonly position: number }[], head: number): number {
  let index = events.length;
  let next = head;
  while (index > 0 && events[index - 1]?.position === next) {
    index--;
    next--;
  }
  return index;
}
