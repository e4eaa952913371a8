/** Another protocol than HTTP/1.1, and the remedy. */
interface OtherProtocol {
  readonly name: 'TLS' | 'HTTP/2' | 'PROXY protocol';
  /** A sentence for the operator of the client or proxy. */
  readonly remedy: string;
}

const protocols: readonly (OtherProtocol & { readonly begins: Uint8Array })[] = [
  {
    name: 'TLS',
    // A handshake record of TLS 1.x. @see RFC 8446 section 5.1
    begins: Uint8Array.of(0x16, 0x03),
    remedy: 'This port speaks http and not https. Let a proxy end TLS, or call by http.',
  },
  {
    name: 'HTTP/2',
    // @see RFC 9113 section 3.4
    begins: Buffer.from('PRI * HTTP/2.0'),
    remedy: 'This port speaks HTTP/1.1. Let the proxy call by it; clients of the proxy may use HTTP/2.',
  },
  // Version 1, which is text, and version 2.
  // @see https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt sections 2.1 and 2.2
  ...['PROXY ', '\r\n\r\n\0\r\nQUIT\n'].map((begins) => ({
    name: 'PROXY protocol' as const,
    begins: Buffer.from(begins),
    remedy:
      'This port does not take the PROXY protocol. Switch it off at the balancer, which may send X-Forwarded-For.',
  })),
];

/** @param packet The bytes that are no request. @returns null for no known protocol. */
export function otherProtocolOf(packet: Uint8Array | undefined): OtherProtocol | null {
  if (packet === undefined) return null;
  return protocols.find(({ begins }) => begins.every((byte, index) => packet[index] === byte)) ?? null;
}
