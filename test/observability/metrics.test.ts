import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTestService, type TestService } from '../support/service.js';
import { subscribe } from '../support/subscription.js';
import { seriesOf } from './series.js';

const password = 'a password of enough characters'.replaceAll(' ', '-');

describe('the metrics of a service', () => {
  let service: TestService;

  beforeEach(async () => {
    service = await startTestService({
      env: { MANAGEMENT_PORT: '0', WEBHOOK_USERNAME: 'u', WEBHOOK_PASSWORD: password },
    });
  });
  afterEach(async () => {
    await service[Symbol.asyncDispose]();
  });

  const scrape = async () => {
    const response = await fetch(`${service.managementUrl}/metrics`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    return seriesOf(await response.text());
  };

  it('count requests, operations, calls to FusionAuth, endings and enforcements', async () => {
    const user = service.user({ sessions: 3 });
    await service.data('mutation ($userId: ID!) { enforceSingleSession(userId: $userId) { outcome } }', {
      userId: user.id,
    });
    await service.query('{ nonsense }');
    const series = await scrape();
    const route = 'http_request_method="POST",http_route="/graphql",http_response_status_code="200"';
    expect(series.get(`http_server_request_duration_seconds_count{${route}}`)).toBe(1);
    const revocation = 'http_request_method="DELETE",url_template="/api/jwt/refresh/{id}"';
    expect(
      series.get(
        `http_client_request_duration_seconds_count{${revocation},http_response_status_code="200",error_type=""}`,
      ),
    ).toBe(2);
    expect(series.get('fusionauth_sessions_operations_total{type="mutation",outcome="ok"}')).toBe(1);
    expect(series.get('fusionauth_sessions_operations_total{type="none",outcome="errors"}')).toBe(1);
    expect(series.get('fusionauth_sessions_work_refused_total{limit="document"}')).toBe(1);
    const ending = 'reason="SINGLE_SESSION_POLICY",outcome="revoked",initiator="POLICY"';
    expect(series.get(`fusionauth_sessions_endings_total{${ending}}`)).toBe(2);
    const enforcement = 'outcome="ENFORCED",rule="endOldest",dry_run="false"';
    expect(series.get(`fusionauth_sessions_enforcements_total{${enforcement}}`)).toBe(1);
  });

  it('count refused credentials, deliveries and endings that FusionAuth reports', async () => {
    await service.query('{ viewer { name } }', {}, { key: 'wrong' });
    const [session] = service.user({ sessions: 1 }).sessions;
    const event = {
      type: 'jwt.refresh-token.revoke',
      id: 'e0000000-0000-4000-8000-000000000001',
      createInstant: service.emulator.clock.now() - 2_000,
      applicationId: session?.applicationId,
      applicationTimeToLiveInSeconds: {},
      refreshToken: { id: session?.id },
      userId: session?.userId,
    };
    const deliver = (authorization: string) =>
      service.fetch('/webhooks/fusionauth', {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({ event }),
      });
    expect((await deliver('Basic wrong')).status).toBe(401);
    expect((await deliver(`Basic ${btoa(`u:${password}`)}`)).status).toBe(200);
    const series = await scrape();
    expect(series.get('fusionauth_sessions_credentials_refused_total{check="service key"}')).toBe(1);
    expect(series.get('fusionauth_sessions_webhook_deliveries_refused_total{reason="credentials"}')).toBe(1);
    expect(
      series.get('fusionauth_sessions_webhook_deliveries_total{event="sessionRevoked",outcome="handled",status="200"}'),
    ).toBe(1);
    expect(
      series.get('fusionauth_sessions_webhook_delivery_lag_seconds_sum{event="sessionRevoked"}'),
    ).toBeGreaterThanOrEqual(2);
    const reported = 'reason="OTHER",outcome="reported",initiator="SYSTEM"';
    expect(series.get(`fusionauth_sessions_endings_total{${reported}}`)).toBe(1);
  });

  it('hold no id and nothing that a caller chooses, and stay as few', async () => {
    const user = service.user({ sessions: 1 });
    const some = async () => {
      await service.query(`query Chosen { sessions(userId: "${user.id}") { id } }`);
      await service.fetch(`/nowhere/${Math.random()}`, { method: 'PROPFIND' });
      await service.query('{ viewer { name } }', {}, { key: `wrong${Math.random()}` });
    };
    await some();
    // The first scrape looks whether the service is ready, and the second one says so.
    await vi.waitFor(async () => expect((await scrape()).get('fusionauth_sessions_ready')).toBe(1), 45_000);
    const names = [...(await scrape()).keys()];
    await some();
    expect([...(await scrape()).keys()]).toEqual(names);
    expect(names.filter((name) => /[0-9a-f]{8}-|Chosen|nowhere|wrong|127\.0/.test(name))).toEqual([]);
  });

  it('count confirmations by their answer, and the streams that are open', async () => {
    const [session] = service.user({ sessions: 1 }).sessions;
    await service.data('query ($ids: [ID!]!) { liveSessions(ids: $ids) { status } }', {
      ids: [session?.id, 'c0000000-0000-4000-8000-0000000000ff'],
    });
    const following = await subscribe(service, service.key(['event:subscribe']));
    const series = await scrape();
    expect(series.get('fusionauth_sessions_confirmations_total{status="lives"}')).toBe(1);
    expect(series.get('fusionauth_sessions_confirmations_total{status="ended"}')).toBe(1);
    expect(series.get('fusionauth_sessions_subscriptions_open')).toBe(1);
    expect(series.get('fusionauth_sessions_subscription_events_waiting')).toBe(0);
    await following[Symbol.asyncDispose]();
    expect([...(await scrape()).keys()].filter((name) => name.includes('database_'))).toEqual([]);
  });

  it('say how long the event loop was held up', async () => {
    const text = await (await fetch(`${service.managementUrl}/metrics`)).text();
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m);
  });

  it('say whether the service is ready although nobody probes it', async () => {
    await scrape();
    await vi.waitFor(async () => expect((await scrape()).get('fusionauth_sessions_ready')).toBe(1), 45_000);
  });

  it('come with health and version, of which callers’ port knows health only', async () => {
    const get = (path: string) => fetch(`${service.managementUrl}${path}`);
    expect(await (await get('/health/ready')).json()).toEqual({ status: 'ready' });
    expect((await scrape()).get('fusionauth_sessions_ready')).toBe(1);
    expect(await (await get('/version')).json()).toEqual({
      version: expect.stringMatching(/^\d/),
      node: process.version,
    });
    expect((await get('/graphql')).status).toBe(404);
    for (const path of ['/metrics', '/version']) expect((await service.fetch(path)).status).toBe(404);
  });
});
