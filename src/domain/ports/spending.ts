import type { Caller } from '../caller.js';

/**
 * What callers may spend in an interval, in points. Each method is one atomic step: what calls that come at the same
 * moment spend is never more than was left, taken together. Never rejects: an adapter that cannot count grants what is
 * asked, because no session depends on it.
 */
export interface Spending {
  /** Takes points from a caller, all or none. */
  spend(caller: Caller, points: number): Promise<Spent>;
  /** Takes points for what has been done already, also more than the caller has left: its next requests are refused. */
  charge(caller: Caller, points: number): Promise<void>;
}

export type Spent =
  | { readonly ok: true; readonly remainingPoints: number }
  /** Nothing was taken. */
  | { readonly ok: false; readonly remainingPoints: number; readonly retryAfterSeconds: number };

/** What a request costs whatever it does. The HTTP server takes it before it reads the body. */
export const pointsOfRequest = 1;
