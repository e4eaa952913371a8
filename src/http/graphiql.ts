import { hash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

const exampleQuery = `# Put a service key into the Authorization header below, then run this.
query WhoAmI {
  viewer {
    name
    permissions
  }
}
`;

/**
 * GraphiQL at `/`. The page is one document that carries everything it needs, so it works without any other site. It
 * is some megabytes large, hence rendered when first asked for and kept, as bytes that all connections share: of a text
 * each would have a copy of its own until its client has read it.
 */
export function registerGraphiQL(app: FastifyInstance): void {
  let rendered: Promise<Page> | undefined;
  app.get('/', async (_request, reply) => {
    rendered ??= renderPage();
    const { bytes, policy } = await rendered;
    return reply.type('text/html; charset=utf-8').header('content-security-policy', policy).send(bytes);
  });
}

interface Page {
  readonly bytes: Buffer;
  /** The Content-Security-Policy under which the page works. */
  readonly policy: string;
}

async function renderPage(): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({
    title: 'fusionauth-sessions',
    endpoint: '/graphql',
    method: 'POST',
    headers: JSON.stringify({ Authorization: 'Bearer <service key>' }, null, 2),
    defaultQuery: exampleQuery,
    shouldPersistHeaders: false,
  });
  return { bytes: Buffer.from(html), policy: policyFor(html) };
}

/**
 * Only the scripts that are in the page run; the editor starts workers from blobs, and writes styles.
 * @see https://www.w3.org/TR/CSP3/#source-list-syntax
 */
function policyFor(html: string): string {
  const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script/g)].map(
    ([, script = '']) => `'sha256-${hash('sha256', script, 'base64')}'`,
  );
  return [
    "default-src 'none'",
    `script-src ${scripts.join(' ')}`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'img-src data:',
    'font-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
