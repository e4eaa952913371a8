import { type DeliveryOutcome, isRead } from '../webhook/webhook-receiver.js';

/** The facts of a delivery for the log: ids and instants, and nothing else of its body. */
export function deliveryFacts(outcome: DeliveryOutcome): Readonly<Record<string, unknown>> {
  if (!isRead(outcome)) {
    const { kind, ...facts } = outcome;
    return { outcome: kind, ...facts };
  }
  const { id, kind, occurredAt } = outcome.event;
  return { outcome: outcome.kind, eventId: id, event: kind, occurredAt: new Date(occurredAt).toISOString() };
}
