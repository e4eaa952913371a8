import { describe, expect, it } from 'vitest';
import { files, folderOf, importing, importsFrom, importsOf, isOwn, within } from './source-files.js';

describe('imports', () => {
  it('of the domain stay within the domain', () => {
    const outside = importsFrom(within('domain'), (target) => folderOf(target) !== 'domain' || !isOwn(target));
    expect(outside).toEqual([]);
  });

  it('of tokens are of the domain, and jose', () => {
    const outside = importsFrom(within('tokens'), (target) =>
      isOwn(target) ? !['domain', 'tokens'].includes(folderOf(target)) : target !== 'jose',
    );
    expect(outside).toEqual([]);
  });

  it('of the application are of the domain, and p-limit', () => {
    const outside = importsFrom(within('application'), (target) =>
      isOwn(target) ? !['domain', 'application'].includes(folderOf(target)) : target !== 'p-limit',
    );
    expect(outside).toEqual([]);
  });

  /** Each room may use those before it. */
  const applicationRooms = [
    ...['authorization', 'operation', 'liveness', 'events', 'revocation', 'tokens'],
    ...['enforcement', 'policy'],
  ];

  it('of a room of the application are of rooms below it', () => {
    const roomOf = (path: string) => applicationRooms.indexOf(path.split('/')[1] ?? '');
    for (const room of applicationRooms.keys()) {
      const here = (path: string) => folderOf(path) === 'application' && roomOf(path) === room;
      const above = (target: string) => folderOf(target) === 'application' && roomOf(target) > room;
      expect(importsFrom(here, above)).toEqual([]);
    }
    const rooms = files.map(({ path }) => path.split('/')).filter(([folder]) => folder === 'application');
    expect(rooms.filter(([, room]) => !applicationRooms.includes(room ?? ''))).toEqual([]);
  });

  /** What the API offers knows neither how it is executed nor how it is limited. */
  it('of the GraphQL schema are of no other part of graphql, and limits know no engine', () => {
    const partOf = (path: string) => path.split('/').slice(0, 2).join('/');
    const schema = (path: string) => partOf(path) === 'graphql/schema';
    const limits = (path: string) => partOf(path) === 'graphql/limits';
    expect(importsFrom(schema, (target) => folderOf(target) === 'graphql' && !schema(target))).toEqual([]);
    expect(importsFrom(limits, (target) => partOf(target) === 'graphql/engine')).toEqual([]);
  });

  /** Adapters of the stores' ports stand side by side, and know the ports only. */
  it('of the in-process stores are of the domain', () => {
    const outside = importsFrom(within('in-process'), (target) =>
      isOwn(target)
        ? !['domain', 'stores', 'in-process'].includes(folderOf(target))
        : target !== 'rate-limiter-flexible' && !target.startsWith('node:'),
    );
    expect(outside).toEqual([]);
    const insiders = within('in-process', 'postgres', 'composition');
    expect(
      importsFrom(
        (path) => !insiders(path),
        (target) => folderOf(target) === 'in-process',
      ),
    ).toEqual([]);
  });

  it('of what the adapters of the stores share are of Node.js', () => {
    expect(importsFrom(within('stores'), (target) => !target.startsWith('node:'))).toEqual([]);
  });

  /** Each replica is what the in-process stores are, with a database between them. */
  it('of the stores in PostgreSQL are of the domain and the in-process stores, and on demand', () => {
    const outside = importsFrom(within('postgres'), (target) =>
      isOwn(target)
        ? !['domain', 'stores', 'in-process', 'postgres'].includes(folderOf(target))
        : !['pg', 'node-pg-migrate'].includes(target) && !target.startsWith('node:'),
    );
    expect(outside).toEqual([]);
    const outsiders = (path: string) => folderOf(path) !== 'postgres';
    expect(importsFrom(outsiders, (target) => folderOf(target) === 'postgres').toSorted()).toEqual([
      'composition/stores.ts -> postgres/stores.ts',
      'doctor/database-findings.ts -> postgres/examine.ts',
      'erase-user.ts -> postgres/erasure.ts',
    ]);
    expect(importsFrom(outsiders, (target, isDynamic) => folderOf(target) === 'postgres' && !isDynamic)).toEqual([]);
    expect(importsFrom(outsiders, importing('pg', 'node-pg-migrate'))).toEqual([]);
  });

  /** Resource servers load it: nothing of the service may come with it, and what it is made of runs wherever fetch does. */
  it('of the guard are of the domain, tokens, jose and eventsource-parser, and nothing imports the guard', () => {
    const outside = importsFrom(within('guard'), (target) =>
      isOwn(target)
        ? !['domain', 'tokens', 'guard'].includes(folderOf(target))
        : !['jose', 'eventsource-parser'].includes(target),
    );
    expect(outside).toEqual([]);
    const outsiders = (path: string) => folderOf(path) !== 'guard';
    expect(importsFrom(outsiders, (target) => folderOf(target) === 'guard')).toEqual([]);
  });

  /** Services that only call after a login load it, and nothing else. */
  it('of the client stay within the client, and nothing imports it', () => {
    expect(importsFrom(within('client'), (target) => folderOf(target) !== 'client')).toEqual([]);
    const outsiders = (path: string) => folderOf(path) !== 'client';
    expect(importsFrom(outsiders, (target) => folderOf(target) === 'client')).toEqual([]);
  });

  it('of the webhook are of the domain, tokens, jose and zod', () => {
    const outside = importsFrom(within('webhook'), (target) =>
      isOwn(target)
        ? !['domain', 'tokens', 'webhook'].includes(folderOf(target))
        : !['jose', 'zod'].includes(target) && !target.startsWith('node:'),
    );
    expect(outside).toEqual([]);
  });

  it('of Apollo Server in http are in the GraphQL route', () => {
    const elsewhere = importsFrom(
      (path) => folderOf(path) === 'http' && path !== 'http/graphql-route.ts',
      importing('@apollo/server'),
    );
    expect(elsewhere).toEqual([]);
  });

  it('of the console are of the operations, which others do not return', () => {
    const outside = importsFrom(within('console'), (target) => isOwn(target) && folderOf(target) !== 'console');
    expect(outside.filter((found) => !found.endsWith(' -> operations/operations.ts'))).toEqual([]);
    const outsiders = (path: string) => folderOf(path) !== 'console';
    expect(importsFrom(outsiders, (target) => folderOf(target) === 'console')).toEqual([]);
  });

  it('of the sides (fusionauth, graphql, http) are never of another side', () => {
    const sides = ['fusionauth', 'graphql', 'http'];
    for (const side of sides) {
      const others = sides.filter((other) => other !== side);
      expect(importsFrom(within(side), (target) => isOwn(target) && others.includes(folderOf(target)))).toEqual([]);
    }
  });

  /** Looks at all that the service is set up with, and serves nobody. */
  it('of doctor are of what it looks at, and are for commands and the composition', () => {
    const rooms = ['auth', 'config', 'domain', 'doctor', 'fusionauth', 'policy', 'postgres', 'tokens', 'webhook'];
    const outside = importsFrom(within('doctor'), (target) =>
      isOwn(target) ? !rooms.includes(folderOf(target)) : !target.startsWith('node:'),
    );
    expect(outside).toEqual([]);
    const elsewhere = importsFrom(
      (path) =>
        !['doctor', 'composition'].includes(folderOf(path)) && !['doctor-command.ts', 'erase-user.ts'].includes(path),
      (target) => folderOf(target) === 'doctor',
    );
    expect(elsewhere).toEqual([]);
  });

  it('of the emulator are on demand, for the demo and for the command that starts it alone', () => {
    const outsiders = (path: string) => folderOf(path) !== 'emulator';
    expect(importsFrom(outsiders, (target, isDynamic) => folderOf(target) === 'emulator' && !isDynamic)).toEqual([]);
    const onDemand = importsFrom(outsiders, (target, isDynamic) => folderOf(target) === 'emulator' && isDynamic);
    expect(onDemand.sort()).toEqual([
      'command-line.ts -> emulator/process.ts',
      'service-process.ts -> emulator/demo.ts',
    ]);
  });

  it('of the composition are for the composition root alone', () => {
    const elsewhere = importsFrom(
      (path) => folderOf(path) !== 'composition' && path !== 'server.ts',
      (target) => folderOf(target) === 'composition',
    );
    expect(elsewhere).toEqual([]);
  });

  it('of main.ts are on demand, after it has checked the version of Node.js', () => {
    const statically = importsFrom(
      (path) => path === 'main.ts',
      (_target, isDynamic) => !isDynamic,
    );
    expect(statically).toEqual([]);
  });

  it('of the emulator’s own files stay within the emulator', () => {
    expect(importsFrom(within('emulator'), (target) => isOwn(target) && folderOf(target) !== 'emulator')).toEqual([]);
  });

  it('form no circle', () => {
    const graph = new Map(files.map(({ path, imports }) => [path, imports.map(({ target }) => target).filter(isOwn)]));
    const done = new Set<string>();
    const circles: string[] = [];
    const walk = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) {
        circles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
        return;
      }
      if (done.has(path)) return;
      for (const target of graph.get(path) ?? []) walk(target, [...trail, path]);
      done.add(path);
    };
    for (const path of graph.keys()) walk(path, []);
    expect(circles).toEqual([]);
  });
});

it('the parser sees what is imported', () => {
  const text = "import a from './b.js';\nexport { c } from '../d/e.js';\nconst f = await import('g');";
  expect(importsOf('x/y.ts', text)).toEqual([
    { target: 'x/b.ts', isDynamic: false },
    { target: 'd/e.ts', isDynamic: false },
    { target: 'g', isDynamic: true },
  ]);
  expect(files.length).toBeGreaterThan(60);
});
