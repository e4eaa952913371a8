import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PolicyReport } from '../../src/application/policy/policy-report.js';
import type { Policy } from '../../src/domain/policy/policy.js';
import { systemClock } from '../../src/domain/ports/clock.js';
import { createLogger } from '../../src/observability/logger.js';
import { MeasuredTelemetry } from '../../src/observability/measured-telemetry.js';
import { Metrics } from '../../src/observability/metrics.js';
import { policyOf, ruleOf } from '../support/policies.js';
import { userOf } from '../support/policy-requests.js';
import { seriesOf } from './series.js';

const page = readFileSync(new URL('../../docs/reference/metrics.md', import.meta.url), 'utf8');

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
  let policy: Policy | null = policyOf([rule]);
  let completeSinceMs: () => Promise<number> = async () => 5_000;
  metrics.add({
    completeSinceMs: () => completeSinceMs(),
    clockSkewMs: () => 1_500,
    waitingCalls: () => 6,
    serviceKeys: () => 12,
    policyOfFile: () => policy,
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
      'policy_info',
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

  it('of the policy names the one in force and no other, and none without a file', async () => {
    const versions = async () => (await metrics.text()).match(/(?<=policy_info\{)[^}]*(?=\} 1\n)/g);
    const known = policy;
    expect(await versions()).toEqual([`version="${known?.version}",mode="${known?.mode}"`]);
    policy = { ...policyOf([rule]), version: 'cafecafecafe', mode: 'observe' };
    expect(await versions()).toEqual(['version="cafecafecafe",mode="observe"']);
    policy = null;
    expect(await versions()).toBeNull();
    policy = known;
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
