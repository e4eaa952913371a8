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

/** Between 0 and 1, and the same for the same session: not all that were confirmed together are due together. */
export function fractionOf(id: string): number {
  return Number.parseInt(id.slice(-4), 16) / 0xffff;
}
