import type { FusionAuthEvent } from '../domain/fusionauth-event.js';

/** What handling deliveries reports. */
export interface WebhookTelemetry {
  /** What follows from an event could not be published. Reported once, also when nobody waits any more. */
  eventNotHandled(error: unknown, event: FusionAuthEvent): void;
}
