import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import { startDemoFusionAuth } from '../../src/emulator/demo.js';
import { demoIds } from '../../src/emulator/demo-data.js';
import { runKickstart } from '../../src/emulator/kickstart/kickstart.js';
import { readKickstart } from '../../src/emulator/kickstart/read-kickstart.js';
import { createService } from '../../src/server.js';
import { callApi } from '../support/api-client.js';
import { captureLogs } from '../support/logs.js';
import { startTestService } from '../support/service.js';
import { startWebhookEndpoint } from '../support/webhook-endpoint.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'webhook-'));
});

afterEach(() => rm(directory, { recursive: true }));

describe('the kickstart of the guide', () => {
  it('has FusionAuth deliver its events', async () => {
    const guide = new URL('../../docs/guides/connect-fusionauth-webhook.md', import.meta.url);
    const [, snippet = ''] =
      /<!-- kickstart: webhook -->\n```json\n(.*?)```/s.exec(await readFile(guide, 'utf8')) ?? [];
    const file = join(directory, 'kickstart.json');
    await writeFile(file, snippet);

    await using endpoint = await startWebhookEndpoint();
    const { emulator, url } = endpoint;
    await runKickstart(emulator, readKickstart(file, { FUSIONAUTH_API_KEY: emulator.apiKey, WEBHOOK_URL: url }));
    const alice = endpoint.user({ sessions: 1 });
    const { refreshToken } = await alice.login();
    await callApi(emulator, 'POST', '/api/jwt/refresh', { body: { refreshToken } });
    await callApi(emulator, 'DELETE', `/api/jwt/refresh/${alice.sessions[0]?.id}`);
    await callApi(emulator, 'DELETE', `/api/user/${alice.id}`);
    await callApi(emulator, 'DELETE', `/api/user/${alice.id}?hardDelete=true`);

    const kinds = (await endpoint.settled()).map(({ kind }) => kind);
    expect(kinds.toSorted()).toEqual([
      'sessionRefreshed',
      'sessionRevoked',
      'userDeactivated',
      'userDeleted',
      'userSignedIn',
    ]);
  });
});

describe('the service', () => {
  it('takes the events of its demo without being configured', async () => {
    const logs = captureLogs();
    const parsed = await loadConfig({ PORT: '0', LOG_LEVEL: 'debug' });
    if (!parsed.ok) throw new Error(parsed.problems.join());
    await using fusionAuth = await startDemoFusionAuth(0, parsed.secrets.fusionAuthApiKey);
    await using service = await createService(
      { ...parsed, fusionAuthUrl: fusionAuth.url },
      { logDestination: logs.destination },
    );
    fusionAuth.sendEventsTo(`${service.url}/webhooks/fusionauth`);
    await callApi(fusionAuth, 'DELETE', `/api/jwt/refresh/${demoIds.aliceShopPhone}`);
    await fusionAuth.events.settled();
    expect(logs.lines.filter(({ msg }) => msg === 'webhook delivery')).toMatchObject([
      { outcome: 'handled', event: 'sessionRevoked' },
    ]);
    expect(logs.lines).toContainEqual(
      expect.objectContaining({ msg: 'request', method: 'POST', route: '/webhooks/fusionauth', status: 200 }),
    );
  });

  it('has nothing at the path when it is not configured', async () => {
    await using service = await startTestService();
    const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    const [webhook, other] = await Promise.all(
      ['/webhooks/fusionauth', '/other'].map((path) => service.fetch(path, request)),
    );
    expect(webhook?.status).toBe(404);
    expect((await webhook?.text())?.replace(/"requestId":"[^"]+"/, '')).toBe(
      (await other?.text())?.replace(/"requestId":"[^"]+"/, ''),
    );
  });

  it('is no caller for whoever may deliver events, and takes no events from callers', async () => {
    await using service = await startTestService({
      env: { WEBHOOK_HEADER_NAME: 'x-secret', WEBHOOK_HEADER_VALUE: 'a-secret-of-the-webhook' },
    });
    const asCaller = await service.query('{ viewer { name } }', {}, { key: 'a-secret-of-the-webhook' });
    expect(asCaller.status).toBe(401);
    const asWebhook = await service.fetch('/webhooks/fusionauth', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${service.key(['session:read'])}` },
      body: '{}',
    });
    expect(asWebhook.status).toBe(401);
  });
});
