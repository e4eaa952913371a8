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
 * is some megabytes large, hence rendered when first asked for and kept.
 */
export function registerGraphiQL(app: FastifyInstance): void {
  let page: Promise<string> | undefined;
  app.get('/', async (_request, reply) => {
    page ??= renderPage();
    return reply.type('text/html; charset=utf-8').send(await page);
  });
}

async function renderPage(): Promise<string> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  return renderGraphiQL({
    title: 'fusionauth-sessions',
    endpoint: '/graphql',
    headers: JSON.stringify({ Authorization: 'Bearer <service key>' }, null, 2),
    defaultQuery: exampleQuery,
    shouldPersistHeaders: false,
  });
}
