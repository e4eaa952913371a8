import type { FastifyInstance } from 'fastify';

/**
 * Headers of answers that are data: no browser should show, frame, sniff or refer from them, and no cache keep them. Without
 * a word, caches may keep redirects for good and errors such as 404 for a while, whoever asks. Routes whose answers may be
 * kept say so.
 * @see RFC 9110 section 15.1
 */
export const securityHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/**
 * Headers that keep browsers from doing more with an answer than callers asked for. Strict-Transport-Security is the
 * business of the proxy that ends TLS.
 * @see https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#security-headers
 */
export function registerSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(securityHeaders);
    done();
  });
}
