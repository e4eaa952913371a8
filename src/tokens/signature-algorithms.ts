/**
 * Algorithms by which FusionAuth may sign access tokens and webhook deliveries with a key pair.
 * HMAC is left out on purpose: a public key must never be taken for a shared secret. @see RFC 8725 section 2.1
 */
export const asymmetricAlgorithms: readonly string[] = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];

/** Names of one algorithm: that of RFC 8037, and that of RFC 9864, by which FusionAuth calls its keys. */
const ofEd25519: readonly string[] = ['EdDSA', 'Ed25519'];

/** The algorithms by each of their names, because keys and tokens may use different ones. */
export function byEachName(algorithms: readonly string[]): readonly string[] {
  const isNamed = algorithms.some((algorithm) => ofEd25519.includes(algorithm));
  return isNamed ? [...new Set([...algorithms, ...ofEd25519])] : algorithms;
}
