import type { Clock } from '../domain/ports/clock.js';
import type { DeliveryReadings } from '../domain/ports/service-readings.js';
import type { DeliveryOutcome } from '../webhook/webhook-receiver.js';

/** Counts the deliveries of FusionAuth's events, to show whether any arrive. */
export class SeenDeliveries {
  #readings: DeliveryReadings = { taken: 0, lastTakenAt: null, refused: 0, lastRefusedAt: null };

  constructor(private readonly clock: Clock) {}

  get readings(): DeliveryReadings {
    return this.#readings;
  }

  /** Counts an answered delivery. Refusing a sign-in is a proper answer, and no error. */
  answered({ kind }: Pick<DeliveryOutcome, 'kind'>, status: number): void {
    if (status !== 200 && kind !== 'denied') {
      this.refused();
      return;
    }
    this.#readings = { ...this.#readings, taken: this.#readings.taken + 1, lastTakenAt: this.clock.now() };
  }

  refused(): void {
    this.#readings = { ...this.#readings, refused: this.#readings.refused + 1, lastRefusedAt: this.clock.now() };
  }
}
