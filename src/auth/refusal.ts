/** Why credentials are not accepted, for those who run the service. Holds nothing that would let anybody in. */
export interface Refusal {
  /** Which check failed, such as `unknown service key` or `iss`. */
  readonly check: string;
  /** What the token says of itself, which nobody has verified; null for other credentials. */
  readonly claimed: ClaimedToken | null;
  /** True for a token that FusionAuth has signed, so that nobody has guessed it; it has expired, or is meant for others. */
  readonly isGenuine: boolean;
}

/** Each is null where the token does not say it, and cut off where it says too much. */
export interface ClaimedToken {
  readonly alg: string | null;
  readonly kid: string | null;
  readonly iss: string | null;
  readonly aud: string | null;
  readonly tid: string | null;
}
