import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { neededEvents } from '../../src/doctor/needed-events.js';
import type { SetUpFinding } from '../../src/domain/set-up-finding.js';
import { eventSchemas } from '../../src/webhook/event-schemas.js';
import { claimsFor, signAsFusionAuth } from '../support/access-tokens.js';
import { unusedUrl } from '../support/raw-server.js';
import { startTestService, type TestService } from '../support/service.js';
import { holdingBack, misSetConfiguration } from './mis-set-configuration.js';
import { misSetEvents } from './mis-set-events.js';
import { misSetFusionAuth } from './mis-set-fusionauth.js';
import { type MisSet, problem, stranger } from './mis-set-kinds.js';
import { createWorld, secrets, shopId } from './world.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService({ env: { WEBHOOK_SIGNATURE: 'jwks' } });
});

afterAll(() => service[Symbol.asyncDispose]());

const misSet = [...misSetFusionAuth, ...misSetEvents, ...misSetConfiguration];

const matching = (findings: readonly SetUpFinding[], { check, state, says }: MisSet['line']) =>
  findings.filter((one) => one.check === check && one.state === state && one.message.includes(says));

describe('doctor', () => {
  it('finds nothing to mend where all is as the guides say', async () => {
    await using world = await createWorld(service.url);
    const { findings, exitCode, problem: said } = await world.diagnose();
    expect(said).toBe('');
    expect(findings.filter(({ state }) => state === 'problem' || state === 'warning')).toEqual([]);
    expect(exitCode).toBe(0);
    expect(new Set(findings.map(({ check }) => check)).size).toBeGreaterThan(15);
  });

  it.each(misSet)('finds $what', async ({ spoil, line, args, input }) => {
    await using world = await createWorld(service.url);
    await spoil(world);
    const { findings, exitCode, output, problem: said } = await world.diagnose(args?.(world), await input?.(world));
    expect(said).toBe('');
    expect(matching(findings, line), output).toHaveLength(1);
    expect(exitCode).toBe(findings.some(({ state }) => state === 'problem') ? 1 : 0);
    for (const secret of Object.values(secrets)) expect(output).not.toContain(secret);
    expect(output).not.toMatch(/secret-of-yesterday|another-secret-key|eyJ/);
    // One line, that stands by itself: at the console nobody can open a file of the repository.
    for (const { message } of findings) expect(message).not.toMatch(/[\n\r]|docs\/|\.md\b/);
  });

  it('takes both names of the algorithm of an Ed25519 key for the same', async () => {
    await using world = await createWorld(service.url);
    const { id } = world.emulator.keys.generate({ name: 'New', algorithm: 'Ed25519' });
    world.tokens({ accessTokenKeyId: id });
    for (const name of ['EdDSA', 'Ed25519']) {
      world.env['ACCESS_TOKEN_ALGORITHMS'] = name;
      const { findings } = await world.diagnose();
      expect(findings.filter(({ state }) => state === 'problem' || state === 'warning')).toEqual([]);
    }
  });

  it('leaves out what depends on a FusionAuth that does not answer, and says why', async () => {
    await using world = await createWorld(service.url);
    world.env['FUSIONAUTH_URL'] = await unusedUrl();
    const { findings } = await world.diagnose();
    const left = findings.filter(({ message }) => message === 'Not checked, because of the findings of: connection.');
    expect(left.every(({ state }) => state === 'notChecked')).toBe(true);
    expect(left.map(({ check }) => check)).toEqual(expect.arrayContaining(['events', 'webhook', 'api-key', 'callers']));
    expect(findings).toContainEqual(expect.objectContaining({ check: 'public-url', state: 'ok' }));
  });

  it('says which permission a look takes that the key does not have, and uses another key for it', async () => {
    await using world = await createWorld(service.url);
    for (const path of ['/api/webhook', '/api/group', '/api/key', '/api/system/version']) delete world.endpoints[path];
    const without = await world.diagnose();
    expect(
      matching(without.findings, { check: 'webhook', state: 'notChecked', says: 'GET on /api/webhook' }),
    ).toHaveLength(1);
    expect(without.exitCode).toBe(0);
    const path = await world.file(`${world.emulator.apiKey}\n`);
    const { findings, output } = await world.diagnose(['--key-file', path]);
    expect(findings.filter(({ state, check }) => state === 'notChecked' && check !== 'streams')).toEqual([]);
    expect(output).not.toContain(world.emulator.apiKey);
  });

  it('tries streams with a service key, and finds a proxy that holds them back', async () => {
    await using world = await createWorld(service.url);
    const key = service.key(['event:subscribe']);
    const direct = await world.diagnose(['--token-file', '-'], key);
    expect(matching(direct.findings, { check: 'streams', state: 'ok', says: 'Streams arrive at once' })).toHaveLength(
      1,
    );
    await using proxy = await holdingBack(service.url);
    const behind = await world.diagnose(['--token-file', '-', '--url', proxy.url], key);
    expect(matching(behind.findings, problem('streams', 'holds streams back'))).toHaveLength(1);
    expect(behind.output).not.toContain(key);
  });

  it('accepts a token that the service accepts', async () => {
    await using world = await createWorld(service.url);
    const token = await signAsFusionAuth(
      world.emulator,
      claimsFor(world.emulator, stranger, { aud: shopId, roles: ['support'] }),
    );
    const { findings } = await world.diagnose(['--token-file', '-'], token);
    expect(matching(findings, { check: 'token', state: 'ok', says: 'of a user with session:read' })).toHaveLength(1);
  });

  it('looks at a thousand applications, and names fifty at most', async () => {
    await using world = await createWorld(service.url);
    const { store } = world.emulator;
    for (let count = 0; count < 1_000; count++) {
      store.addApplication({
        name: `Silent ${count}`,
        loginConfiguration: { generateRefreshTokens: false },
        oauthConfiguration: { generateRefreshTokens: false },
      });
    }
    const { findings } = await world.diagnose();
    const found = findings.filter(({ check }) => check === 'refresh-tokens');
    expect(found).toHaveLength(51);
    expect(found.at(-1)?.message).toMatch(/^95\d more findings of this kind/);
  });

  it('ends with 2 for a configuration that cannot be used, and names each fault', async () => {
    await using world = await createWorld(service.url);
    Object.assign(world.env, { PORT: 'many', ACCESS_TOKEN_ISSUERS: '' });
    const { findings, exitCode } = await world.diagnose();
    expect(exitCode).toBe(2);
    expect(findings.every(({ check, state }) => check === 'configuration' && state === 'problem')).toBe(true);
    expect(findings.map(({ message }) => message).join()).toMatch(/PORT: .*ACCESS_TOKEN_ISSUERS: /);
  });

  it.each([[['--token', 'eyJ']], [['--url', 'sessions']], [['now']]])(
    'ends with 2 for the options %j',
    async (args) => {
      await using world = await createWorld(service.url);
      const { exitCode, problem: said, output } = await world.diagnose(args);
      expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' });
      expect(said).toContain('Usage: fusionauth-sessions doctor');
    },
  );

  it('ends with 2 for a file that cannot be read', async () => {
    await using world = await createWorld(service.url);
    const { exitCode, problem: said } = await world.diagnose(['--key-file', '/nowhere/at/all']);
    expect({ exitCode, said }).toEqual({ exitCode: 2, said: '--key-file: /nowhere/at/all cannot be read (ENOENT)\n' });
    const { problem: ofToken } = await world.diagnose(['--token-file', 'eyJ.the.token']);
    expect(ofToken).toMatch(/^--token-file: must be the path of a file, not the secret itself/);
    expect(ofToken).not.toContain('eyJ');
  });

  it('asks for events that the service handles', () => {
    const needed = [...neededEvents(false), ...neededEvents(true)].map(({ type }) => type);
    expect(needed.filter((type) => !eventSchemas.has(type))).toEqual([]);
  });
});
