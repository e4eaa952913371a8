import type { FusionAuthCallError } from './call-error.js';

/** The status of an answer, or the reason why there is none. */
export type ProbeAnswer = number | Exclude<FusionAuthCallError['failure'], { readonly kind: 'status' }> | Unanswered;

export interface Unanswered {
  readonly kind: 'broken';
  /** The code of the network's or TLS's error; empty when there is none. */
  readonly code: string;
}
