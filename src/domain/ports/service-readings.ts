import type { TenantId } from '../ids.js';
import type { Instant } from '../session.js';

/** Counters of this process since it started, for operators. */
export interface ServiceReadings {
  readonly startedAt: Instant;
  /** Null where no events of FusionAuth are taken. */
  deliveries(): DeliveryReadings | null;
  /** Who follows events here, each caller once. */
  followers(): readonly Follower[];
  /** How long ago this process had read everything that replicas published, in milliseconds. */
  feedLagMs(): number;
  /** How many replicas share the stores, this one included. Null when that is not known. Never rejects. */
  replicas(): Promise<number | null>;
}

/** Events of FusionAuth that were delivered here. */
export interface DeliveryReadings {
  readonly taken: number;
  /** Null before the first. */
  readonly lastTakenAt: Instant | null;
  /** Those answered with an error, whoever sent them. */
  readonly refused: number;
  readonly lastRefusedAt: Instant | null;
}

export interface Follower {
  readonly kind: 'service' | 'user';
  readonly name: string;
  /** Null for any. */
  readonly tenantIds: ReadonlySet<TenantId> | null;
  /** How many streams are open. */
  readonly streams: number;
}
