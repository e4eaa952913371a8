import type { IncomingMessage } from 'node:http';

/**
 * A path of this service, and perhaps parameters. No path of its needs percent-encoding or any
 * character on which parsers of URLs disagree: `#`, `;`, a backslash, or an authority before it.
 * @see RFC 9112 section 3.2.1 (origin-form)
 */
const plainTarget = /^\/(?!\/)(?:[\w.~-]*\/)*[\w.~-]*(?:\?[!"$-~]*)?$/;

/** `.` and `..`, which proxies resolve and routers do not. */
const dotSegment = /^[^?]*\/\.{1,2}(?:[/?]|$)/;

/** Where requests with any other target are routed to. No client names it: it holds a space. */
export const malformedTarget = '/malformed target';

/**
 * The target by which a request is routed: its own if there is one way only to read it, without the base path. Proxies
 * may pass the base path on or take it off, and probes do not know of it.
 * @see https://fastify.dev/docs/latest/Reference/Server/#rewriteurl
 */
export function routedTarget({ url = '' }: Pick<IncomingMessage, 'url'>, basePath: string): string {
  if (!plainTarget.test(url) || dotSegment.test(url)) return malformedTarget;
  if (basePath === '' || !url.startsWith(basePath)) return url;
  const rest = url.slice(basePath.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  if (!rest.startsWith('/')) return url;
  return plainTarget.test(rest) ? rest : malformedTarget;
}
