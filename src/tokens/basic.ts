/** The id and the secret that an OAuth client sends as HTTP Basic authentication. */
interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Whether an Authorization header names the scheme Basic, whatever follows. */
export function saysBasic(authorization: string | undefined): boolean {
  return /^Basic(?: |$)/i.test(authorization ?? '');
}

/**
 * The credentials of an Authorization header of the scheme Basic; null when it holds none. OAuth has both encoded as in a
 * form before they are joined, so that a name may hold a colon.
 * @see RFC 6749 section 2.3.1 and RFC 7617 section 2
 */
export function clientCredentialsIn(authorization: string | undefined): ClientCredentials | null {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  const joined = new TextDecoder().decode(Buffer.from(encoded, 'base64'));
  const colon = joined.indexOf(':');
  if (colon === -1) return null;
  const clientId = formDecoded(joined.slice(0, colon));
  const clientSecret = formDecoded(joined.slice(colon + 1));
  return clientId === null || clientSecret === null ? null : { clientId, clientSecret };
}

/** @see https://url.spec.whatwg.org/#urlencoded-parsing */
function formDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
