import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTestService, type TestService } from '../support/service.js';
import { serviceKeysVariable, type TestServiceKey } from '../support/service-keys.js';
import { subscribe } from '../support/subscription.js';

const shop: TestServiceKey = { name: 'shop', key: 'key-of-the-shop-0123456789', permissions: ['event:subscribe'] };
const desk: TestServiceKey = { name: 'desk', key: 'key-of-the-desk-0123456789', permissions: ['session:read'] };
const later: TestServiceKey = { name: 'later', key: 'key-of-later-0123456789', permissions: ['session:read'] };

/** Far longer than a change takes to be noticed: three seconds. */
const maxNoticeMs = 45_000;

let folder: string;
let path: string;
let service: TestService;

const write = async (text: string) => {
  // In place of the other one at once, as orchestrators do it.
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
};
const keep = async (...keys: readonly TestServiceKey[]) => write(serviceKeysVariable(...keys));
const statusOf = async ({ key }: TestServiceKey) => (await service.query('{ viewer { name } }', {}, { key })).status;
const warnings = async () =>
  ((await (await service.fetch('/health/ready')).json()) as { warnings?: string[] }).warnings;
const logged = (msg: string) => service.logs.filter((line) => line.msg === msg);

const unusable = 'service keys cannot be used as their file holds them: keys that are gone from it are refused';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keys-'));
  path = join(folder, 'keys.json');
  await keep(shop, desk);
  service = await startTestService({
    env: { SERVICE_KEYS: '', SERVICE_KEYS_FILE: path, MANAGEMENT_PORT: '0', READINESS_MAX_AGE_MS: '1' },
  });
});
afterEach(async () => {
  await service[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

describe('service keys in a file', () => {
  it('come into force, and go, without a restart and unasked', { timeout: 60_000 }, async () => {
    expect(await Promise.all([shop, desk, later].map(statusOf))).toEqual([200, 200, 401]);
    await keep(desk, later);
    await vi.waitFor(async () => expect(await statusOf(shop)).toBe(401), maxNoticeMs);
    expect(await Promise.all([desk, later].map(statusOf))).toEqual([200, 200]);
    expect(logged('service keys read anew')).toMatchObject([{ added: ['later'], removed: ['shop'], changed: [] }]);
    expect(JSON.stringify(service.logs)).not.toMatch(/[0-9a-f]{64}|key-of/);
    const metrics = await (await fetch(`${service.managementUrl}/metrics`)).text();
    expect(metrics).toMatch(/^fusionauth_sessions_service_keys 2$/m);
    expect(metrics).toMatch(/^fusionauth_sessions_service_key_reads_total\{outcome="read"\} [2-9]$/m);
  });

  it('are read at once when the service is told to', async () => {
    await keep(desk);
    await service.reload();
    expect(await statusOf(shop)).toBe(401);
  });

  it('of which one is removed end the streams that were opened with it, and no others', async () => {
    const other = { ...desk, permissions: ['event:subscribe'] };
    await keep(shop, other);
    await service.reload();
    await using ofShop = await subscribe(service, shop.key);
    await using ofOther = await subscribe(service, other.key);
    await keep({ ...other });
    await service.reload();
    const { errors } = await ofShop.next();
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
    await service.user({ sessions: 1 }).login();
    expect(ofOther.status).toBe(200);
    expect(ofOther.ids).toEqual([]);
    expect(await Promise.race([ofOther.completed, delay(200, 'open')])).toBe('open');
  });

  it('of which one gets other rights end the streams that were opened with the old ones', async () => {
    await using stream = await subscribe(service, shop.key);
    await keep({ ...shop, permissions: ['session:read'] }, desk);
    await service.reload();
    expect((await stream.next()).errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(logged('service keys read anew')).toMatchObject([{ changed: ['shop'] }]);
    expect((await subscribe(service, shop.key)).status).toBe(403);
  });

  it.each([
    ['an entry with a mistake', `[${entryOf(desk)},{"name":"broken","sha256":"x","permissions":["session:read"]}]`],
    ['a permission that does not exist', `[${entryOf(desk).replace('session:read', 'session:reed')}]`],
    ['text that is no JSON', `[${entryOf(desk)},`],
  ])('that hold %s let go of what is removed, keep what is there, and admit nothing new', async (_what, text) => {
    await write(text.replace(/]?$/, ` ${entryOf(later)}`));
    await service.reload();
    expect(await Promise.all([shop, desk, later].map(statusOf))).toEqual([401, 200, 401]);
    expect(logged(unusable)).toMatchObject([
      { removed: ['shop'], problems: [expect.stringMatching(/^SERVICE_KEYS_FILE/)] },
    ]);
    expect(await warnings()).toEqual(['SERVICE_KEYS_NOT_USABLE']);
    await keep(desk);
    await service.reload();
    expect(await warnings()).toBeUndefined();
  });

  it('all go with an empty list', async () => {
    await write('[]');
    await service.reload();
    expect(await Promise.all([shop, desk].map(statusOf))).toEqual([401, 401]);
  });

  it.each([
    ['is not there', () => rm(path)],
    ['is empty', () => write('')],
    ['is too large', () => write(' '.repeat(65_537))],
  ])('stay while their file %s, which says nothing of them', async (_what, spoil) => {
    await spoil();
    await service.reload();
    expect(await Promise.all([shop, desk].map(statusOf))).toEqual([200, 200]);
    expect(logged(unusable)).toMatchObject([{ removed: [] }]);
    expect(await warnings()).toEqual(['SERVICE_KEYS_NOT_USABLE']);
    const metrics = await (await fetch(`${service.managementUrl}/metrics`)).text();
    expect(metrics).toMatch(/^fusionauth_sessions_service_key_reads_total\{outcome="notUsable"\} 1$/m);
    expect(metrics).toMatch(/^fusionauth_sessions_failures_total\{kind="serviceKeysNotUsable"\} 1$/m);
  });
});

function entryOf(key: TestServiceKey): string {
  return serviceKeysVariable(key).slice(1, -1);
}
