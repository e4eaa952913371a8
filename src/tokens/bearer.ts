/**
 * The credential of an Authorization header of the scheme Bearer; null when there is none, or it is none that a header
 * can carry.
 * @see RFC 6750 section 2.1
 */
export function bearerTokenIn(authorization: string | undefined): string | null {
  return /^Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(authorization ?? '')?.[1] ?? null;
}

/** Whether an Authorization header names the scheme Bearer, whatever follows. */
export function saysBearer(authorization: string | undefined): boolean {
  return /^Bearer(?: |$)/i.test(authorization ?? '');
}
