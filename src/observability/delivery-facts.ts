import { type DeliveryOutcome, isRead } from '../webhook/webhook-receiver.js';

/** What is logged of a delivery: ids and instants, never what else the body holds. */
export function deliveryFacts(outcome: DeliveryOutcome): Readonly<Record<string, unknown>> {
  if (!isRead(outcome)) {
    const { kind, ...facts } = outcome;
    return { outcome: kind, ...facts };
  }
  const { id, kind, occurredAt } = outcome.event;
  return { outcome: outcome.kind, eventId: id, event: kind, occurredAt: new Date(occurredAt).toISOString() };
}
