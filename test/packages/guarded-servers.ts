/** What the test needs of each framework: a server whose only route is guarded, on any free port. */
export const programs: Readonly<Record<string, string>> = {
  'express 4': expressProgram('express4'),
  'express 5': expressProgram('express5'),
  fastify: `
    import fastify from 'fastify';
    import { acceptedToken, guardPlugin } from 'fusionauth-sessions-guard/fastify';
    const app = fastify();
    await app.register(guardPlugin(guard));
    app.get('/', async (request) => acceptedToken(request).userId);
    say(await app.listen({ port: 0, host: '127.0.0.1' }));
    whenToldToStop(() => app.close());`,
  koa: `
    import Koa from 'koa';
    import { acceptedToken, koaGuard } from 'fusionauth-sessions-guard/koa';
    const app = new Koa();
    app.use(koaGuard(guard));
    app.use(async (context) => { context.body = acceptedToken(context).userId; });
    const server = app.listen(0, '127.0.0.1', () => say('http://127.0.0.1:' + server.address().port));
    whenToldToStop(() => { server.closeAllConnections(); server.close(() => guard.close()); });`,
  hono: `
    import { serve } from '@hono/node-server';
    import { Hono } from 'hono';
    import { honoGuard } from 'fusionauth-sessions-guard/hono';
    const app = new Hono();
    app.use(honoGuard(guard));
    app.get('/', (context) => context.text(context.get('token').userId));
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => say('http://127.0.0.1:' + port));
    whenToldToStop(() => { server.closeAllConnections(); server.close(() => guard.close()); });`,
  'nest on express': nestProgram({
    imports: `import { acceptedToken, expressGuard } from 'fusionauth-sessions-guard/express';`,
    create: `await NestFactory.create(App, { logger: false })`,
    use: `app.use(expressGuard(guard));`,
    stop: `app.getHttpServer().closeAllConnections(); void app.close().then(() => guard.close());`,
  }),
  'nest on fastify': nestProgram({
    imports: `
      import { FastifyAdapter } from '@nestjs/platform-fastify';
      import { acceptedToken, guardPlugin } from 'fusionauth-sessions-guard/fastify';`,
    create: `await NestFactory.create(App, new FastifyAdapter(), { logger: false })`,
    use: `await app.register(guardPlugin(guard));`,
    stop: `app.getHttpServer().closeAllConnections(); void app.close();`,
  }),
};

/** Its decorators are called as the functions that they are, so that nothing has to be compiled. */
function nestProgram({ imports, create, use, stop }: Readonly<Record<'imports' | 'create' | 'use' | 'stop', string>>) {
  return `
    import 'reflect-metadata';
    import { Controller, Get, Module, Req } from '@nestjs/common';
    import { NestFactory } from '@nestjs/core';
    ${imports}
    class Orders {
      who(request) { return acceptedToken(request).userId; }
    }
    Get()(Orders.prototype, 'who', Object.getOwnPropertyDescriptor(Orders.prototype, 'who'));
    Req()(Orders.prototype, 'who', 0);
    Controller()(Orders);
    class App {}
    Module({ controllers: [Orders] })(App);
    const app = ${create};
    ${use}
    await app.listen(0, '127.0.0.1');
    say(await app.getUrl());
    whenToldToStop(() => { ${stop} });`;
}

function expressProgram(name: string): string {
  return `
    import express from '${name}';
    import { acceptedToken, expressGuard } from 'fusionauth-sessions-guard/express';
    const app = express();
    app.use(expressGuard(guard));
    app.get('/', (request, response) => response.send(acceptedToken(request).userId));
    const server = app.listen(0, '127.0.0.1', () => say('http://127.0.0.1:' + server.address().port));
    whenToldToStop(() => { server.closeAllConnections(); server.close(() => guard.close()); });`;
}

/** Imports stand first in what is made of both. */
export const beginning = `
  import { createGuard } from 'fusionauth-sessions-guard';
  const guard = createGuard({
    serviceUrl: process.env.SERVICE_URL,
    serviceKey: process.env.SERVICE_KEY,
    accessTokens: { fusionAuthUrl: process.env.SERVICE_URL, issuer: 'acme.com', audience: process.env.AUDIENCE },
    whenFeedIsDown: 'refuse',
  });
  const say = (url) => guard.ready().then(() => process.stdout.write(url + '\\n'));
  const whenToldToStop = (stop) => process.stdin.resume().on('end', stop);`;
