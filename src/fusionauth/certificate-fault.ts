/**
 * The fault of a server's certificate, and the remedy, as the end of a sentence that names the server.
 * @param code The code of the error of a connection.
 * @returns null when the error is about something else.
 */
export function certificateFault(code: string): string | null {
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return 'the certificate has expired (CERT_HAS_EXPIRED). Renew it, and check the clock of this machine.';
    case 'CERT_NOT_YET_VALID':
      return 'the certificate is not valid yet (CERT_NOT_YET_VALID). Check the clock of this machine.';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return 'the certificate is for another host. Use the name that it is for.';
    case 'CERT_REVOKED':
      return 'the certificate was revoked (CERT_REVOKED). Renew it.';
    default:
      if (!/CERT|SELF_SIGNED|VERIFY/.test(code)) return null;
      return `the certificate is not trusted (${code}). Name its authority in NODE_EXTRA_CA_CERTS, or use one of a public authority.`;
  }
}
