/** A passwordless sign-in that was started and waits for its code. */
export interface PendingPasswordless {
  readonly userId: string;
  readonly applicationId: string;
  readonly loginId: string;
  /** Has to be given besides, where the user types it into a form. */
  readonly oneTimeCode: string | undefined;
}

/** A verification that was started. Without an application it is about the e-mail address. */
export interface PendingVerification {
  readonly userId: string;
  readonly applicationId?: string;
  /** Has to be given besides, where the user types it into a form. */
  readonly oneTimeCode?: string;
  /** Of the caller, given back in the end. */
  readonly state?: Record<string, unknown>;
}
