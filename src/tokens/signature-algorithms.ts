/**
 * Algorithms by which FusionAuth may sign access tokens and webhook deliveries with a key pair.
 * HMAC is left out on purpose: a public key must never be taken for a shared secret. @see RFC 8725 section 2.1
 */
export const asymmetricAlgorithms: readonly string[] = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];
