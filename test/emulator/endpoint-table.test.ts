import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { fusionAuthPaths } from '../../src/emulator/fusionauth-paths.js';
import { clientMethods } from './client-methods.js';
import { endpointTable, treatmentOf } from './endpoint-table.js';

const readme = new URL('../../src/emulator/README.md', import.meta.url);
const [begin, end] = ['<!-- endpoints -->\n\n', '\n\n<!-- /endpoints -->'];

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});

afterAll(() => emulator[Symbol.asyncDispose]());

it('is what the guide says of each endpoint of FusionAuth (UPDATE_ENDPOINT_TABLE=1 writes it)', async () => {
  const text = await readFile(readme, 'utf8');
  const [start, stop] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
  const table = await endpointTable(emulator);
  if (process.env['UPDATE_ENDPOINT_TABLE'] === '1') {
    await writeFile(readme, text.slice(0, start) + table + text.slice(stop));
    return;
  }
  expect(text.slice(start, stop)).toBe(table);
});

it('has every endpoint that the official client calls', () => {
  const anonymous = (path: string) => path.replace(/:\w+/g, ':');
  const known = new Set(
    Object.entries(fusionAuthPaths).flatMap(([path, methods]) =>
      methods.split(' ').map((method) => `${method} ${anonymous(path)}`),
    ),
  );
  const missing = clientMethods().filter(({ method, path }) => !known.has(`${method} ${anonymous(path)}`));
  expect(missing.map(({ name, method, path }) => `${name}: ${method} ${path}`)).toEqual([]);
});

it('refuses SCIM, which neither the description of the API nor the client has', async () => {
  const base = '/api/scim/resource/v2';
  for (const kind of ['Users', 'EnterpriseUsers', 'Groups']) {
    expect(await treatmentOf(emulator, 'POST', `${base}/${kind}`)).toBe('refused');
    expect(await treatmentOf(emulator, 'PUT', `${base}/${kind}/:id`)).toBe('refused');
  }
  for (const kind of ['ResourceTypes', 'Schemas', 'Schemas/urn:ietf:params:scim:schemas:core:2.0:User']) {
    expect(await treatmentOf(emulator, 'GET', `${base}/${kind}`)).toBe('refused');
  }
});

it('says of pages to which applications link that it does not have them', async () => {
  for (const path of ['/account', '/account/', '/password/forgot', '/oauth2/device', '/password/change/:id']) {
    expect([path, await treatmentOf(emulator, 'GET', path)]).toEqual([path, 'refused']);
  }
});

it('refuses nothing that the guide describes as implemented', async () => {
  const text = await readFile(readme, 'utf8');
  const described = [...text.slice(0, text.indexOf(begin)).matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(?:([A-Z]+) )?(\/[^`]*)`/g)].map(([, method, path = '']) => ({ method, path })),
  );
  expect(described.length).toBeGreaterThan(20);
  for (const { method, path } of described) {
    const methods = method === undefined ? (fusionAuthPaths[path]?.split(' ') ?? []) : [method];
    const treatments = await Promise.all(methods.map((one) => treatmentOf(emulator, one, path)));
    if (fusionAuthPaths[path] !== undefined) {
      expect([path, treatments.every((treatment) => treatment === 'refused')]).toEqual([path, false]);
    }
  }
});
