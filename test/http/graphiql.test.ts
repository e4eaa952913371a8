import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import { startDemoFusionAuth } from '../../src/emulator/demo.js';
import { createService } from '../../src/server.js';
import { startTestService } from '../support/service.js';

describe('GraphiQL', () => {
  it('is one page at / that needs no other site', { timeout: 60_000 }, async () => {
    await using service = await startTestService();
    const response = await service.fetch('/');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const html = await response.text();
    const files = [...html.matchAll(/(?:src|href)="(\/graphiql\/[^"]+)"/g)].map(([, path = '']) => path);
    expect(files).toHaveLength(2);
    const contents = await Promise.all(files.map(async (path) => (await service.fetch(path)).text()));
    const [style = '', script = ''] = contents;
    const page = `${html.replace(/ (src|href)="\/graphiql\/[^"]+"/g, '')}<style>${style}</style><script>${script}</script>`;
    expect(page).toContain('/graphql');

    const [markup = ''] = [
      page.replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/gi, (block) => block.slice(0, block.indexOf('>') + 1)),
    ];
    expect(markup.length).toBeGreaterThan(100);
    const loaded =
      markup.match(/<(script|link|img|iframe|source)\b[^>]*\b(src|href)\s*=\s*["']?(?!data:|#)[^"'\s>]+/gi) ?? [];
    expect(loaded).toEqual([]);
    const styles = page.match(/<style\b[^>]*>[\s\S]*?<\/style>/gi) ?? [];
    expect(styles.join('').match(/(@import\s+|url\(\s*)["']?(https?:)?\/\//gi) ?? []).toEqual([]);
  });

  it('holds no service key', async () => {
    await using service = await startTestService();
    const page = await (await service.fetch('/')).text();
    expect(page).not.toContain(service.key(['session:read']).slice(0, 'test-key-for-'.length));
  });

  it('asks nothing before there is a key, and keeps the key for the tab only', async () => {
    await using service = await startTestService();
    const page = await (await service.fetch('/')).text();
    expect(settingsIn(page)).toMatchObject({ key: null, introspection: true });
    expect(page).toContain('schema: null');
    expect(page).toContain('sessionStorage');
    expect(page).toContain('shouldPersistHeaders: false');
    expect(page).not.toContain('localStorage');
  });

  it('begins with the main requests, all of which the schema has', async () => {
    await using service = await startTestService();
    const { id } = service.user();
    const { tabs } = settingsIn(await (await service.fetch('/')).text());
    expect(tabs.length).toBeGreaterThan(3);
    for (const { query } of tabs.filter((tab) => !tab.query.includes('subscription'))) {
      const variables = query.includes('$userId') ? { userId: id } : {};
      expect((await service.query(query, variables)).body).not.toHaveProperty('errors');
    }
  });

  it('comes compressed, is kept under a name of its own content, and answers 304 to who has it', async () => {
    await using service = await startTestService();
    const response = await service.fetch('/');
    const html = await response.text();
    expect(html.length).toBeLessThan(20_000);
    expect(response.headers.get('cache-control')).toBe('no-cache');
    const paths = ['/', ...(html.match(/\/graphiql\/[^"]+/g) ?? [])];
    for (const path of paths) {
      const { headers } = await service.fetch(path);
      const again = await service.fetch(path, { headers: { 'if-none-match': headers.get('etag') ?? '' } });
      expect(again.status).toBe(304);
      expect(await again.text()).toBe('');
      if (path === '/') continue;
      expect(headers.get('content-encoding')).toBe('gzip');
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(Number(headers.get('content-length'))).toBeLessThan(2_600_000);
      const plain = await service.fetch(path, { headers: { 'accept-encoding': 'identity' } });
      expect(plain.headers.get('content-encoding')).toBeNull();
      expect(await plain.text()).toBe(await (await service.fetch(path)).text());
    }
    expect((await service.fetch('/graphiql/other.js')).status).toBe(404);
  });

  it('is given the key of a demo where only this machine can ask, under a name that only this machine has', async () => {
    await using demo = await startDemo({});
    const keyFor = async (headers: Readonly<Record<string, string>>) => settingsIn(await pageOf(demo.url, headers)).key;
    expect(await keyFor({})).toBe('demo-service-key');
    expect(await keyFor({ host: 'localhost:4000' })).toBe('demo-service-key');
    // Another site's name that has been made to mean this machine.
    expect(await keyFor({ host: 'rebound.example:4000' })).toBeNull();
    expect(await keyFor({ host: '127.0.0.1.example' })).toBeNull();
    expect(await keyFor({ 'x-forwarded-for': '203.0.113.7' })).toBeNull();

    await using open = await startDemo({ HOST: '0.0.0.0', DEMO_SERVICE_KEY: 'a-key-of-ones-own' });
    expect(await pageOf(open.url.replace('0.0.0.0', '127.0.0.1'), {})).not.toContain('a-key-of-ones-own');
  });

  it('is not given the key that stands in front of a real FusionAuth', async () => {
    await using service = await startTestService({ env: { SERVICE_KEYS: '', DEMO_SERVICE_KEY: 'everything-allowed' } });
    expect(await (await service.fetch('/')).text()).not.toContain('everything-allowed');
  });

  it('can be switched off', async () => {
    await using service = await startTestService({ env: { GRAPHIQL: 'false' } });
    expect((await service.fetch('/')).status).toBe(404);
  });

  it('is off in production, and so is introspection', async () => {
    await using service = await startTestService({ env: { NODE_ENV: 'production' } });
    expect((await service.fetch('/')).status).toBe(404);
    const { status } = await service.query('{ __schema { queryType { name } } }');
    expect(status).toBe(400);
  });
});

interface Settings {
  readonly key: string | null;
  readonly introspection: boolean;
  readonly tabs: readonly { readonly query: string }[];
}

function settingsIn(page: string): Settings {
  return JSON.parse(/<script type="application\/json" id="settings">(.*?)<\/script>/.exec(page)?.[1] ?? '') as Settings;
}

async function startDemo(env: Readonly<Record<string, string>>): Promise<AsyncDisposable & { readonly url: string }> {
  const parsed = await loadConfig({ PORT: '0', LOG_LEVEL: 'silent', ...env });
  if (!parsed.ok) throw new Error(parsed.problems.join());
  const fusionAuth = await startDemoFusionAuth(0, parsed.secrets.fusionAuthApiKey);
  const service = await createService({ ...parsed, fusionAuthUrl: fusionAuth.url });
  return {
    url: service.url,
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]();
      await fusionAuth[Symbol.asyncDispose]();
    },
  };
}

/** `fetch` sends no Host of one's choice. */
function pageOf(url: string, headers: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve, reject) => {
    request(url, { headers, agent: false }, (response) => resolve(text(response)))
      .on('error', reject)
      .end();
  });
}
