import type { Caller } from '../caller.js';

/**
 * The points that callers may spend in an interval. Each method is one atomic step: simultaneous calls together never
 * spend more than was left. Never rejects: an adapter that cannot count grants the points, because no session depends
 * on them.
 */
export interface Spending {
  /** Takes points from a caller, all or none. */
  spend(caller: Caller, points: number): Promise<Spent>;
  /**
   * Takes points for work that is done already, also more than the caller has left: its next requests are refused then.
   */
  charge(caller: Caller, points: number): Promise<void>;
}

export type Spent =
  | { readonly ok: true; readonly remainingPoints: number }
  /** Nothing was taken. */
  | { readonly ok: false; readonly remainingPoints: number; readonly retryAfterSeconds: number };

/** The price of any request, in points. The HTTP server takes it before it reads the body. */
export const pointsOfRequest = 1;
