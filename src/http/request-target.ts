import type { IncomingMessage } from 'node:http';

/**
 * A path of this service, and perhaps parameters. No path of its needs percent-encoding or any
 * character on which parsers of URLs disagree: `#`, `;`, a backslash, or an authority before it.
 * @see RFC 9112 section 3.2.1 (origin-form)
 */
const plainTarget = /^\/(?!\/)(?:[\w.~-]*\/)*[\w.~-]*(?:\?[!"$-~]*)?$/;

/**
 * A target with the scheme and the authority before it, as clients of proxies write it, without them. As it is when it
 * names another host than the Host header: readers could take either for the host.
 * @see RFC 9112 section 3.2.2 (absolute-form)
 */
function withoutAuthority(target: string, host: string | undefined): string {
  const [all = '', authority] = /^https?:\/\/([^/?#]*)/i.exec(target) ?? [];
  if (authority === undefined || authority.toLowerCase() !== host?.toLowerCase()) return target;
  const rest = target.slice(all.length);
  return rest === '' || rest.startsWith('?') ? `/${rest}` : rest;
}

/** `.` and `..`, which proxies resolve and routers do not. */
const dotSegment = /^[^?]*\/\.{1,2}(?:[/?]|$)/;

/** Where requests with any other target are routed to. No client names it: it holds a space. */
export const malformedTarget = '/malformed target';

/**
 * The target by which a request is routed: its own if there is one way only to read it, without the base path. Proxies
 * may pass the base path on or take it off, and probes do not know of it.
 * @see https://fastify.dev/docs/latest/Reference/Server/#rewriteurl
 */
export function routedTarget(
  { url: target = '', headers }: Pick<IncomingMessage, 'url' | 'headers'>,
  basePath: string,
): string {
  const url = withoutAuthority(target, headers.host);
  if (!plainTarget.test(url) || dotSegment.test(url)) return malformedTarget;
  if (basePath === '' || !url.startsWith(basePath)) return url;
  const rest = url.slice(basePath.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  if (!rest.startsWith('/')) return url;
  return plainTarget.test(rest) ? rest : malformedTarget;
}
