/** Why credentials are not accepted, for operators. Holds nothing that would let anybody in. */
export interface Refusal {
  /** Which check failed, such as `unknown service key` or `iss`. */
  readonly check: string;
  /** The claims of the token, which nobody has verified; null for other credentials. */
  readonly claimed: ClaimedToken | null;
  /** True for a token that FusionAuth has signed and that has expired or is meant for others. Nobody has guessed it. */
  readonly isGenuine: boolean;
}

/** Each member is null where the token lacks it, and cut where it is too long. */
export interface ClaimedToken {
  readonly alg: string | null;
  readonly kid: string | null;
  readonly iss: string | null;
  readonly aud: string | null;
  readonly tid: string | null;
}
