/** A sign-in that waits for the user to decide what a third party may have. */
export interface PendingConsent {
  readonly userId: string;
  readonly applicationId: string;
  /** When the user gave credentials, in epoch milliseconds. */
  readonly authInstant: number;
  readonly singleSignOnId: string | undefined;
  readonly authenticationType?: string;
}
