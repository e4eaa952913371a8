import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { setUpConsole } from '../../src/console-setup.js';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { ConsolePerson } from '../support/console.js';
import { unusedUrl } from '../support/raw-server.js';
import { startTestService } from '../support/service.js';

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});

afterAll(() => emulator[Symbol.asyncDispose]());

/** The variables of an output, as a shell reads them. */
function variablesIn(output: string): Record<string, string> {
  return Object.fromEntries([...output.matchAll(/^([A-Z_]+)='(.*)'$/gm)].map(([, name, value]) => [name, value]));
}

describe('console-setup', () => {
  it('makes an application to whose console the people of its roles can sign in, by the variables that it prints', async () => {
    const url = await unusedUrl();
    const env = { FUSIONAUTH_URL: emulator.url, FUSIONAUTH_API_KEY: emulator.apiKey };
    const { output, problem } = await setUpConsole(['--url', url, '--create'], env);
    expect(problem).toBe('');
    const variables = variablesIn(output);
    const clientId = variables['CONSOLE_CLIENT_ID'] ?? '';
    const now = emulator.clock.now();
    emulator.store.addUser({
      email: 'ann@example.com',
      fullName: 'Ann Archer',
      password: 'password',
      registrations: [
        {
          id: 'dddddddd-0000-0000-0000-0000000000aa',
          applicationId: clientId,
          roles: ['support'],
          verified: true,
          insertInstant: now,
          lastUpdateInstant: now,
        },
      ],
    });
    const { FUSIONAUTH_URL: _ofSetUp, ...ofConsole } = variables;
    await using service = await startTestService({
      beside: { emulator },
      env: { ...ofConsole, PORT: new URL(url).port },
    });
    const person = new ConsolePerson({ ...service, consoleUrl: `${url}/console` });
    expect(await person.signIn('ann@example.com')).toBe(`${url}/console/`);
    const { body } = await person.query('{ viewer { displayName permissions } }');
    expect(body).toMatchObject({
      data: { viewer: { displayName: 'Ann Archer', permissions: expect.arrayContaining(['session:read']) } },
    });
  });

  it('prints what to make without --create, and calls nothing', async () => {
    emulator.calls.clear();
    const { output } = await setUpConsole(['--url', 'https://sessions.example.com', '--name', 'Desk'], {});
    expect(output).toContain('"https://sessions.example.com/console/callback"');
    expect(output).toContain('"name": "Desk"');
    expect(emulator.calls.count()).toBe(0);
  });

  it.each([
    [[], {}, 'Missing: --url\n\nUsage:'],
    [['--url', 'https://sessions.example.com', '--nothing'], {}, "Unknown option '--nothing'"],
    [['--url', 'http://sessions.example.com'], {}, '--url: must be an https URL'],
    [['--url', 'https://sessions.example.com', '--create'], {}, 'needs FUSIONAUTH_URL, and FUSIONAUTH_API_KEY or'],
  ])('refuses %j', async (args, env, problem) => {
    const result = await setUpConsole(args, env);
    expect([result.output, result.problem]).toEqual(['', expect.stringContaining(problem)]);
  });

  it.each([
    [{ FUSIONAUTH_URL: 'auth.example.com' }, 'FUSIONAUTH_URL: must be a URL such as https://auth.example.com'],
    [{ FUSIONAUTH_API_KEY: '…' }, 'FUSIONAUTH_API_KEY: must be the API key alone'],
    [{ FUSIONAUTH_TENANT_ID: 'acme' }, 'FUSIONAUTH_TENANT_ID: must be a UUID'],
  ])(
    'names the variable that is wrong in %j, and does not take it for a FusionAuth that is away',
    async (env, problem) => {
      const right = { FUSIONAUTH_URL: emulator.url, FUSIONAUTH_API_KEY: emulator.apiKey };
      const result = await setUpConsole(['--url', 'https://sessions.example.com', '--create'], { ...right, ...env });
      expect([result.output, result.problem]).toEqual(['', expect.stringMatching(new RegExp(`^${problem}`))]);
    },
  );

  it('says which call FusionAuth refused', async () => {
    const { key } = emulator.store.addApiKey({ permissions: { endpoints: { '/api/user': ['GET'] } } });
    const env = { FUSIONAUTH_URL: emulator.url, FUSIONAUTH_API_KEY: key };
    const { problem } = await setUpConsole(['--url', 'https://sessions.example.com', '--create'], env);
    expect(problem).toMatch(/^FusionAuth answered 401 to POST \/api\/key\/generate\//);
    expect(problem).not.toContain(key);
  });
});

describe('console-setup --create, refused by FusionAuth, says what to do', () => {
  const refusalBy = async (fusionAuth: Emulator) => {
    const env = { FUSIONAUTH_URL: fusionAuth.url, FUSIONAUTH_API_KEY: fusionAuth.apiKey };
    return (await setUpConsole(['--url', 'https://sessions.example.com', '--create'], env)).problem;
  };

  it('where it is done a second time', async () => {
    await using fusionAuth = await startEmulator();
    expect(await refusalBy(fusionAuth)).toBe('');
    expect(await refusalBy(fusionAuth)).toMatch(/ 400 .*\n {2}\[duplicate\]key\.name: a key has that name\. .* --name/);
  });

  it('where there are several tenants', async () => {
    await using fusionAuth = await startEmulator();
    fusionAuth.store.addTenant({ name: 'Another', issuer: 'another.com' });
    expect(await refusalBy(fusionAuth)).toMatch(/ 400 .*\n {2}\[TenantIdRequired\]: .* Set FUSIONAUTH_TENANT_ID/);
  });
});

describe('variables of the console', () => {
  const right = {
    FUSIONAUTH_URL: 'https://auth.example.com',
    FUSIONAUTH_API_KEY: 'key',
    PUBLIC_URL: 'https://sessions.example.com',
    CONSOLE_CLIENT_ID: 'a0000000-0000-4000-8000-0000000000cc',
    CONSOLE_CLIENT_SECRET: 'secret',
    CONSOLE_COOKIE_KEYS: Buffer.alloc(32).toString('base64url'),
    ACCESS_TOKEN_ISSUERS: 'acme.com',
    ACCESS_TOKEN_AUDIENCES: 'a0000000-0000-4000-8000-0000000000cc',
    ACCESS_TOKEN_PERMISSIONS: '{"roles":{"support":["session:read"]}}',
  };
  const problemsOf = (env: Record<string, string | undefined>) => {
    const parsed = parseConfig(env);
    return parsed.ok ? [] : parsed.problems;
  };

  it('are accepted together', () => {
    expect(problemsOf(right)).toEqual([]);
  });

  it.each([
    [{ CONSOLE_CLIENT_SECRET: undefined }, 'CONSOLE_CLIENT_SECRET: is required together with CONSOLE_CLIENT_ID'],
    [{ CONSOLE_COOKIE_KEYS: undefined }, 'CONSOLE_COOKIE_KEYS: is required together with CONSOLE_CLIENT_ID'],
    [{ PUBLIC_URL: undefined }, 'PUBLIC_URL: is required together with CONSOLE_CLIENT_ID'],
    [{ PUBLIC_URL: 'http://sessions.example.com' }, 'PUBLIC_URL: must be an https URL for the console'],
    [{ CONSOLE_COOKIE_KEYS: 'too-short' }, 'CONSOLE_COOKIE_KEYS.0: must be keys of 32 bytes in base64url'],
    [{ CONSOLE_CLIENT_ID: undefined }, 'CONSOLE_CLIENT_SECRET: has no effect without CONSOLE_CLIENT_ID'],
    [{ ACCESS_TOKEN_AUDIENCES: 'another' }, 'ACCESS_TOKEN_AUDIENCES: must name a0000000-0000-4000-8000-0000000000cc'],
    [{ ACCESS_TOKEN_PERMISSIONS: undefined }, 'ACCESS_TOKEN_PERMISSIONS: must grant something to a role'],
    [{ ACCESS_TOKEN_ISSUERS: 'a.com,b.com' }, 'CONSOLE_ISSUER: is required where ACCESS_TOKEN_ISSUERS names several'],
    [{ CONSOLE_ISSUER: 'other.com' }, 'CONSOLE_ISSUER: must be one of ACCESS_TOKEN_ISSUERS'],
    [{ CONSOLE_IDLE_SECONDS: '60', CONSOLE_SESSION_SECONDS: '30' }, 'CONSOLE_IDLE_SECONDS: must be at most'],
    [{ CONSOLE_FUSIONAUTH_URL: 'http://auth.example.com' }, 'CONSOLE_FUSIONAUTH_URL: must be an https URL'],
    [{ CONSOLE_FUSIONAUTH_URL: 'https://auth.example.com?' }, 'CONSOLE_FUSIONAUTH_URL: must be an https URL'],
    [{ CONSOLE_FUSIONAUTH_URL: 'https:auth.example.com' }, 'CONSOLE_FUSIONAUTH_URL: must be an https URL'],
  ])('are refused with %j, which names what is wrong', (change, problem) => {
    expect(problemsOf({ ...right, ...change }).join('\n')).toContain(problem);
  });

  it('need none for the demo, unless other machines can reach it', () => {
    const demo = parseConfig({});
    expect(demo.ok && demo.config.console).toMatchObject({ issuer: 'acme.com', url: null });
    const reachable = parseConfig({ HOST: '0.0.0.0' });
    expect(reachable.ok && reachable.config.console).toBeNull();
    const production = parseConfig({
      NODE_ENV: 'production',
      FUSIONAUTH_URL: 'https://a.example',
      FUSIONAUTH_API_KEY: 'k',
      SERVICE_KEYS: '[]',
    });
    expect(production.ok).toBe(false);
  });
});
