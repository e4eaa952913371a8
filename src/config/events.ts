import type { z } from 'zod';
import type { environment } from './environment.js';

/** The bounds of events and revocations that a process remembers. */
export interface EventsConfig {
  /** How many events may wait to be read by one subscriber. */
  readonly maxWaitingEvents: number;
  readonly maxRememberedEvents: number;
  readonly maxRememberedRevocations: number;
  /** How long the ending of a session is remembered. */
  readonly endedSessionMemoryMs: number;
  /** How long access tokens live at most, for applications whose settings are not known. */
  readonly maxAccessTokenLifetimeMs: number;
}

/** The bounds of subscriptions. */
export interface SubscriptionsConfig {
  readonly maxSubscriptions: number;
  /** Those of one service. */
  readonly maxServiceSubscriptions: number;
  /** Those of one user. */
  readonly maxUserSubscriptions: number;
  readonly maxSubscriptionMs: number;
}

type Values = z.output<typeof environment>;

export function eventsOf(values: Values): EventsConfig {
  return {
    maxWaitingEvents: values.MAX_WAITING_EVENTS,
    maxRememberedEvents: values.MAX_REMEMBERED_EVENTS,
    maxRememberedRevocations: values.MAX_REMEMBERED_REVOCATIONS,
    endedSessionMemoryMs: values.ENDED_SESSION_MEMORY_SECONDS * 1_000,
    maxAccessTokenLifetimeMs: values.MAX_ACCESS_TOKEN_LIFETIME_SECONDS * 1_000,
  };
}

export function subscriptionsOf(values: Values): SubscriptionsConfig {
  return {
    maxSubscriptions: values.MAX_SUBSCRIPTIONS,
    maxServiceSubscriptions: values.MAX_SERVICE_SUBSCRIPTIONS,
    maxUserSubscriptions: values.MAX_USER_SUBSCRIPTIONS,
    maxSubscriptionMs: values.MAX_SUBSCRIPTION_SECONDS * 1_000,
  };
}
