import type { BodySignature } from './body-signature.js';
import { isSameText } from './constant-time.js';

/** The secrets by which deliveries of FusionAuth are recognised, besides their signature. Never logged. */
export interface DeliveryCredentials {
  readonly basic: { readonly username: string; readonly password: string } | null;
  /** A header that FusionAuth is configured to send; its name in lower case. */
  readonly header: { readonly name: string; readonly value: string } | null;
}

/** Every value of each header, by its name in lower case, as Node.js gives them in `headersDistinct`. */
export type DeliveryHeaders = Readonly<Record<string, readonly string[] | undefined>>;

export type DeliveryAuthentication =
  /** `bodySha256` is the Base64 SHA-256 of the body that was signed; null where signing is off. */
  | { readonly kind: 'recognised'; readonly bodySha256: string | null }
  | { readonly kind: 'refused'; readonly reason: 'credentials' | 'header' | 'signature' }
  | { readonly kind: 'unavailable'; readonly cause: unknown };

/**
 * Recognises a delivery of FusionAuth by its headers alone, so that nobody else's body is read. When several ways are
 * configured, all have to be right: a secret that leaked must not open the door that the others keep shut.
 */
export class DeliveryAuthenticator {
  constructor(
    private readonly credentials: DeliveryCredentials,
    private readonly signature: BodySignature | null,
  ) {
    if (credentials.basic === null && credentials.header === null && signature === null) {
      throw new TypeError('Without any way to recognise FusionAuth, anybody could send events');
    }
  }

  async authenticate(headers: DeliveryHeaders): Promise<DeliveryAuthentication> {
    const { basic, header } = this.credentials;
    if (basic !== null && !isBasic(only(headers, 'authorization'), basic)) {
      return { kind: 'refused', reason: 'credentials' };
    }
    if (header !== null && !isSameText(only(headers, header.name), header.value)) {
      return { kind: 'refused', reason: 'header' };
    }
    if (this.signature === null) return { kind: 'recognised', bodySha256: null };
    const check = await this.signature.check(only(headers, 'x-fusionauth-signature-jwt'));
    switch (check.kind) {
      case 'signed':
        return { kind: 'recognised', bodySha256: check.bodySha256 };
      case 'refused':
        return { kind: 'refused', reason: 'signature' };
      case 'unavailable':
        return check;
    }
  }
}

/** The value of a header; empty, which is never right, when there is none or more than one. */
function only(headers: DeliveryHeaders, name: string): string {
  const [value = '', ...others] = headers[name] ?? [];
  return others.length === 0 ? value : '';
}

/** @see RFC 7617 section 2: the scheme is case-insensitive, what follows is Base64 of `username:password` in UTF-8. */
function isBasic(authorization: string, { username, password }: NonNullable<DeliveryCredentials['basic']>): boolean {
  const [, encoded = ''] = /^basic +(\S+)$/i.exec(authorization) ?? [];
  return isSameText(encoded, Buffer.from(`${username}:${password}`).toString('base64'));
}
