import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type GraphiQLPageOptions, graphiqlPage, graphiqlParts } from './graphiql-page.js';

export interface GraphiQLOptions extends GraphiQLPageOptions {
  /**
   * The service key of a demo, which the page fills in when it was requested by a name of this machine. Otherwise, and
   * when this is null, the page asks for a key.
   */
  readonly demoKey: string | null;
  /** The prefix of every path where browsers see the service; empty for none. */
  readonly basePath: string;
}

/**
 * Serves GraphiQL at `/`, without any other site. The page itself is small. Its script has some megabytes, so browsers
 * cache it under a name that changes with its content. The script is compressed at its first request, and kept as bytes
 * that all connections share: each would hold a copy of a text until its client has read it.
 */
export function registerGraphiQL(app: FastifyInstance, { demoKey, ...options }: GraphiQLOptions): void {
  app.get('/', async (request, reply) => {
    const { script, style } = await rendered();
    const key = demoKey !== null && isOfThisMachine(request) ? demoKey : null;
    const { html, policy } = graphiqlPage({
      ...options,
      key,
      scriptUrl: `${options.basePath}${script.url}`,
      styleUrl: `${options.basePath}${style.url}`,
    });
    reply.type('text/html; charset=utf-8').header('content-security-policy', policy);
    if (key !== null) return reply.send(html);
    reply.header('cache-control', 'no-cache');
    return isKnown(request, reply, hash('sha256', html)) ? reply.status(304).send() : reply.send(html);
  });

  app.get<{ Params: { file: string } }>('/graphiql/:file', async (request, reply) => {
    const { script, style } = await rendered();
    const asset = [script, style].find(({ url }) => url === `/graphiql/${request.params.file}`);
    if (asset === undefined) return reply.callNotFound();
    reply
      .type(asset.type)
      .header('cache-control', 'public, max-age=31536000, immutable')
      .header('vary', 'accept-encoding');
    if (isKnown(request, reply, asset.sha256)) return reply.status(304).send();
    if (acceptsGzip(request)) return reply.header('content-encoding', 'gzip').send(asset.gzipped);
    return reply.send(asset.plain);
  });
}

interface Asset {
  readonly url: string;
  readonly type: string;
  readonly sha256: string;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
}

interface Rendered {
  readonly script: Asset;
  readonly style: Asset;
}

/** Shared by all services of a process. */
let rendering: Promise<Rendered> | undefined;

function rendered(): Promise<Rendered> {
  rendering ??= render().catch((error: unknown) => {
    rendering = undefined;
    throw error;
  });
  return rendering;
}

async function render(): Promise<Rendered> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const { script, style } = graphiqlParts(renderGraphiQL());
  return {
    script: await assetOf(script, 'js', 'text/javascript; charset=utf-8'),
    style: await assetOf(style, 'css', 'text/css; charset=utf-8'),
  };
}

async function assetOf(text: string, extension: string, type: string): Promise<Asset> {
  const sha256 = hash('sha256', text);
  // Compresses in another thread, for a third of a second.
  const gzipped = await promisify(gzip)(text, { level: 9 });
  return { url: `/graphiql/${sha256.slice(0, 16)}.${extension}`, type, sha256, plain: Buffer.from(text), gzipped };
}

/** Sets the entity tag, and returns whether the browser has this version already. @see RFC 9110 section 13.1.2 */
function isKnown(request: FastifyRequest, reply: FastifyReply, sha256: string): boolean {
  const tag = `"${sha256.slice(0, 32)}"`;
  reply.header('etag', tag);
  const known = request.headers['if-none-match']?.split(',').map((item) => item.trim().replace(/^W\//, '')) ?? [];
  return known.includes(tag) || known.includes('*');
}

/** @see RFC 9110 section 12.5.3 */
function acceptsGzip({ headers }: FastifyRequest): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(`${headers['accept-encoding'] ?? ''}`);
}

/**
 * Whether the page is requested by a name that only this machine has, and not through a proxy. A site whose name has
 * been made to resolve to this machine keeps its own origin, and must not get the key.
 */
function isOfThisMachine({ headers }: FastifyRequest): boolean {
  const isForwarded = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'via'].some(
    (name) => headers[name] !== undefined,
  );
  return !isForwarded && /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(headers.host ?? '');
}
