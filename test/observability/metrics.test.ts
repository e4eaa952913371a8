import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PolicyReport } from '../../src/application/policy/policy-report.js';
import { systemClock } from '../../src/domain/ports/clock.js';
import { createLogger } from '../../src/observability/logger.js';
import { MeasuredTelemetry } from '../../src/observability/measured-telemetry.js';
import { Metrics } from '../../src/observability/metrics.js';
import { userOf } from '../stores/policy-stores-contract.js';
import { policyOf, ruleOf } from '../support/policies.js';
import { startTestService, type TestService } from '../support/service.js';
import { subscribe } from '../support/subscription.js';

const page = readFileSync(new URL('../../docs/reference/metrics.md', import.meta.url), 'utf8');

const password = 'a password of enough characters'.replaceAll(' ', '-');

/** Every series that is not one of the Node.js process, by its name with its labels. */
function seriesOf(text: string): ReadonlyMap<string, number> {
  const series = [...text.matchAll(/^((?!nodejs_|process_)[a-z_]+(?:\{.*\})?) (\S+)$/gm)];
  return new Map(series.map(([, name = '', value]) => [name, Number(value)]));
}

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
    await vi.waitFor(async () => expect((await scrape()).get('fusionauth_sessions_ready')).toBe(1));
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
    await vi.waitFor(async () => expect((await scrape()).get('fusionauth_sessions_ready')).toBe(1));
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

describe('every metric', () => {
  const userId = userOf(1);
  const rule = ruleOf();
  const enforcedByPolicy: PolicyReport = Object.assign(Object.create(null), {
    policy: policyOf([rule]),
    done: 'complete',
    rules: [{ rule, endedCount: 1, wouldEnd: [] }],
    ended: [],
    failures: [],
    wouldEnd: [],
  });
  const metrics = new Metrics('1.2.3');
  const ofDatabase = { isAvailable: true, open: 9, idle: 10, awaited: 11 };
  let database: typeof ofDatabase | null = ofDatabase;
  let completeSinceMs: () => Promise<number> = async () => 5_000;
  metrics.add({
    completeSinceMs: () => completeSinceMs(),
    clockSkewMs: () => 1_500,
    waitingCalls: () => 6,
    serviceKeys: () => 12,
    policyBacklog: async () => ({ waiting: { live: 1, background: 2 }, dead: 3, overdueMs: 4_000 }),
    stores: () => ({ waitingEvents: 7, feedLagMs: 8_000, database }),
  });
  const telemetry = new MeasuredTelemetry(createLogger('silent', { write: () => undefined }), systemClock, metrics);

  it('moves when what it counts happens', async () => {
    const still = seriesOf(await metrics.text());
    const request = { id: 'r', clientAddress: '127.0.0.1' };
    telemetry.requestAnswered({
      requestId: 'r',
      method: 'GET',
      route: '/graphql',
      status: 200,
      durationMs: 1,
      clientAddress: '127.0.0.1',
      caller: undefined,
    });
    telemetry.upstreamCall({
      method: 'GET',
      route: '/x',
      statusCode: null,
      failure: 'timeout',
      attempt: 1,
      durationMs: 1,
    });
    telemetry.operationAnswered({ type: 'query', name: null, codes: [] });
    telemetry.endingAttempted({ reason: 'OTHER', outcome: 'revoked' });
    telemetry.enforced({ outcome: 'ENFORCED', overflow: 'endOldest', dryRun: false });
    telemetry.deliveryAnswered(
      { kind: 'handled', event: Object.assign(Object.create(null), { kind: 'userDeleted', id: 'e', occurredAt: 0 }) },
      200,
      'r',
    );
    telemetry.deliveryNotRecognised('signature', request);
    telemetry.completenessMoved(0);
    telemetry.revocationsLost(0, 'late');
    telemetry.eventsMayBeLost('hole');
    telemetry.subscriptionOpened();
    telemetry.subscriberOverflowed();
    telemetry.slowReaderCutOff({ peer: '127.0.0.1', unreadBytes: 1, waitedMs: 1 });
    telemetry.credentialsRefused({ check: 'exp', claimed: null, isGenuine: true }, request);
    telemetry.workRefused('rate');
    telemetry.turnAwaited({ waitedMs: 1, isGranted: true });
    telemetry.sideLookupFailed(new Error('x'), 'r');
    telemetry.readinessChecked(null);
    telemetry.eventsOutOfReach();
    telemetry.sessionsConfirmed([{ status: 'lives' }]);
    telemetry.callRefused();
    telemetry.serviceKeysRead({ added: [], removed: [], changed: [] });
    telemetry.policyEnforced(enforcedByPolicy, 'sweep');
    telemetry.policy.ran({ userId, triggers: ['sweep'], outcome: 'complete', tookMs: 1, ended: 0 });
    telemetry.policy.heldBack(userId, 1, 1);
    telemetry.policy.refused(1);
    telemetry.policy.signInDecided({ userId, decision: 'denied', rule: 'one', failed: false });
    const moved = seriesOf(await metrics.text());
    const changed = [...moved].filter(([name, value]) => still.get(name) !== value).map(([name]) => familyOf(name));
    const standing = [
      ...['live', 'background', 'dead', 'overdue_seconds'].map((name) => `policy_jobs_${name}`),
      ...['available', 'connections_open', 'connections_idle', 'connections_awaited'].map((name) => `database_${name}`),
      'build_info',
      'feed_lag_seconds',
      'service_keys',
      'subscription_events_waiting',
      'upstream_calls_waiting',
      'clock_skew_seconds',
      'complete_since_timestamp_seconds',
    ];
    const all = [...new Set([...changed, ...standing.map((name) => `fusionauth_sessions_${name}`)])];
    expect(all.toSorted()).toEqual(documented().toSorted());
    telemetry.subscriptionClosed();
    expect(seriesOf(await metrics.text()).get('fusionauth_sessions_subscriptions_open')).toBe(0);
  });

  it('that is read at a scrape says what it reads, and is left out when that fails', async () => {
    const read = seriesOf(await metrics.text());
    expect(read.get('fusionauth_sessions_complete_since_timestamp_seconds')).toBe(5);
    const values = {
      clock_skew_seconds: 1.5,
      upstream_calls_waiting: 6,
      subscription_events_waiting: 7,
      feed_lag_seconds: 8,
      service_keys: 12,
      database_available: 1,
      database_connections_open: 9,
      database_connections_idle: 10,
      database_connections_awaited: 11,
      policy_jobs_live: 1,
      policy_jobs_background: 2,
      policy_jobs_dead: 3,
      policy_jobs_overdue_seconds: 4,
    };
    for (const [name, value] of Object.entries(values)) expect(read.get(`fusionauth_sessions_${name}`)).toBe(value);
    database = null;
    completeSinceMs = () => Promise.reject(new Error('The database is away'));
    const names = [...seriesOf(await metrics.text()).keys()];
    expect(names).not.toContain('fusionauth_sessions_complete_since_timestamp_seconds');
    expect(names).toContain('fusionauth_sessions_clock_skew_seconds');
    expect(names.filter((name) => name.includes('database_'))).toEqual([]);
    database = ofDatabase;
    completeSinceMs = async () => 5_000;
  });

  it('is documented with its labels', async () => {
    const { length } = documented();
    expect(length).toBeGreaterThan(20);
    const text = await metrics.text();
    for (const name of documented()) {
      const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\``)) ?? '';
      const [, , kind = '', labels = ''] = row.split('|').map((cell) => cell.trim());
      expect(text).toContain(`# TYPE ${name} ${kind}\n`);
      const series = [...seriesOf(text).keys()].find((key) => familyOf(key) === name) ?? '';
      const used = [...series.matchAll(/(\w+)="/g)].map(([, label]) => label).filter((label) => label !== 'le');
      if (series !== '') expect(labels.match(/\w+/g) ?? []).toEqual(used);
    }
  });

  const documented = () => [...page.matchAll(/^\| `((?:http|fusionauth)_\w+)` \|/gm)].map(([, name = '']) => name);
  const familyOf = (series: string) => series.replace(/\{.*/, '').replace(/_(bucket|sum|count)$/, '');
});
