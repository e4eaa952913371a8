import type { IncomingMessage } from 'node:http';

/**
 * A path of this service, perhaps with parameters. No path of the service needs percent-encoding, an authority, or a
 * character on which URL parsers disagree (`#`, `;`, a backslash).
 * @see RFC 9112 section 3.2.1 (origin-form)
 */
const plainTarget = /^\/(?!\/)(?:[\w.~-]*\/)*[\w.~-]*(?:\?[!"$-~]*)?$/;

/**
 * Strips scheme and authority, which clients of proxies write. Leaves a target that names another host than the Host
 * header as it is, because readers could take either for the host.
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

/** The target for malformed ones. It holds a space, so no client can name it. */
export const malformedTarget = '/malformed target';

/**
 * The target by which a request is routed: its own without the base path, if it can be read in one way only. Proxies
 * may pass the base path on or strip it, and probes do not know it.
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
