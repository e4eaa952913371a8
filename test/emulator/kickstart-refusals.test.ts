import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator } from '../../src/emulator/emulator.js';
import { describeRefusal, runKickstart } from '../../src/emulator/kickstart/kickstart.js';
import { readKickstart } from '../../src/emulator/kickstart/read-kickstart.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kickstart-'));
});

afterEach(() => rm(directory, { recursive: true }));

async function file(content: unknown, name = 'kickstart.json'): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content, undefined, 1));
  return path;
}

const apiKeys = [{ key: 'first key' }];

describe('a file that cannot be carried out', () => {
  it('is refused with every unknown name at once', async () => {
    const path = await file({
      apiKeys: [{ key: '#{ENV.MISSING}' }],
      requests: [{ method: 'POST', url: '/api/user/#{nobody}', body: '&{nothing.json}' }],
    });
    expect(() => readKickstart(path, {})).toThrow(/#\{ENV\.MISSING\}.*#\{nobody\}.*nothing\.json/s);
  });

  it('is refused when it has no unrestricted first key, or another shape', async () => {
    const none = await file({ requests: [] });
    expect(() => readKickstart(none, {})).toThrow('unrestricted');
    const restricted = await file({ apiKeys: [{ key: 'k', permissions: { endpoints: { '/api/user': ['GET'] } } }] });
    expect(() => readKickstart(restricted, {})).toThrow('unrestricted');
    const wrong = await file({ apiKeys, requests: [{ method: 'DELETE', url: '/api/user' }] });
    expect(() => readKickstart(wrong, {})).toThrow('requests[0].method');
  });

  it('is refused when a file includes itself', async () => {
    await file({ again: '&{self.json}' }, 'self.json');
    const path = await file({ apiKeys, requests: [{ method: 'POST', url: '/', body: '&{self.json}' }] });
    expect(() => readKickstart(path, {})).toThrow('include each other');
  });

  const request = { method: 'POST', url: '/api/tenant', body: { tenant: { name: 'One' } } };
  const requests = [request];

  it.each([
    ['is missing', undefined, 'Cannot read'],
    ['is no JSON', '{ // a comment', 'is no JSON'],
    ['is no object', [], 'is no kickstart file'],
    ['has a list for its variables', { variables: [], apiKeys }, 'variables'],
    ['has a nested variable', { variables: { a: {} }, apiKeys }, 'must be a text, a number, true or false'],
    [
      'has a first key that no header can hold',
      { apiKeys: [{ key: '日本' }], requests },
      'the first API key must be of',
    ],
    ['has a space after its first key', { apiKeys: [{ key: 'k ' }], requests }, 'without white space at its ends'],
    ['has a line break in a type', { apiKeys, requests: [{ ...request, contentType: 'a\nb' }] }, '[0].contentType'],
    ['has a word for its requests', { apiKeys, requests: 'none' }, 'requests'],
    ['names a tenant that is no UUID', { variables: { defaultTenantId: 'mine' }, apiKeys }, 'must be a UUID'],
    ['is larger than anybody writes', ' '.repeat(10 * 1_024 * 1_024 + 1), 'at most'],
  ])('gets a message when it %s', async (_what, content, message) => {
    const path = content === undefined ? join(directory, 'nowhere.json') : await file(content);
    expect(() => readKickstart(path, {})).toThrow(
      expect.objectContaining({ name: 'KickstartError', message: expect.stringContaining(message) }),
    );
  });

  it('has every refused request reported with its line, and the others made', async () => {
    const user = { username: 'ann', password: 'password' };
    const create = { method: 'POST', url: '/api/user', body: { user } };
    const other = { method: 'POST', url: '/api/application', body: { application: { name: 'Made' } } };
    const kickstart = readKickstart(await file({ apiKeys, requests: [create, create, create, other] }), {});
    await using emulator = await startEmulator({ apiKey: kickstart.apiKey });
    const refusals = await runKickstart(emulator, kickstart);
    expect(refusals.map(({ index, status }) => [index, status])).toEqual([
      [1, 400],
      [2, 400],
    ]);
    const lines = (await readFile(kickstart.file, 'utf8')).split('\n');
    expect(refusals.map(({ request }) => lines[(request.line ?? 0) - 1])).toEqual(['  {', '  {']);
    expect(refusals[1]?.request.line).toBeGreaterThan(refusals[0]?.request.line ?? 0);
    expect(describeRefusal('file', refusals[0] ?? expect.fail())).toMatch(
      /^file:\d+: request 1, POST \/api\/user, was answered 400 .*\[duplicate\]user\.username/,
    );
    expect([...emulator.store.applications.values()].map(({ name }) => name)).toContain('Made');
  });
});
