import type { SessionId } from './ids.js';

/** What is known of whether a session lives. */
export type SessionConfirmation = { readonly sessionId: SessionId } & (
  | {
      readonly status: 'lives';
      /** How long ago that was so at FusionAuth, in milliseconds. */
      readonly ageMs: number;
    }
  /** It was revoked, its user is deactivated, or FusionAuth does not have it, which was asked twice. */
  | { readonly status: 'ended'; readonly ageMs: null }
  | {
      /** `pending`: FusionAuth will be asked once the rate allows it. `failed`: it could not be asked. */
      readonly status: 'pending' | 'failed';
      /** How long ago it was last known to live; null when it never was. */
      readonly ageMs: number | null;
    }
);

/**
 * A number between 0 and 1 that is fixed for each session. It spreads out when sessions that were confirmed together
 * are due again.
 */
export function fractionOf(id: string): number {
  return Number.parseInt(id.slice(-4), 16) / 0xffff;
}
