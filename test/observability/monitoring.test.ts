import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { environment } from '../../src/config/environment.js';
import { systemClock } from '../../src/domain/ports/clock.js';
import { failureKinds } from '../../src/observability/failure-kind.js';
import { endReasons, eventKinds } from '../../src/observability/first-series.js';
import { createLogger } from '../../src/observability/logger.js';
import { MeasuredTelemetry } from '../../src/observability/measured-telemetry.js';
import { Metrics } from '../../src/observability/metrics.js';
import { userOf } from '../support/policy-requests.js';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const rules = (parse(read('deploy/monitoring/alerts.yaml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);
const { panels } = JSON.parse(read('deploy/monitoring/dashboard.json')) as { panels: readonly Panel[] };
const shown = panels.flatMap(({ title, targets = [] }) => targets.map((target) => ({ title, ...target })));

/** The labels of each metric that is documented; a test compares the documentation with the metrics. */
const documented = new Map(
  [...read('docs/reference/metrics.md').matchAll(/^\| `(\w+)` \| (\w+) \|([^|]*)\|/gm)].map(
    ([, name = '', kind, labels = '']) => [name, { kind, labels: labels.match(/\w+/g) ?? [] }] as const,
  ),
);
const ofProcess = ['nodejs_eventloop_lag_p99_seconds', 'process_cpu_seconds_total', 'process_resident_memory_bytes'];
/** Those that Prometheus adds. */
const ofScrape = ['job', 'instance'];

/** What an expression asks for that no metric offers. */
function unknownIn(expr: string, legend = ''): readonly string[] {
  const names = [...new Set(expr.match(/\b(?:fusionauth_sessions|http_server|http_client|nodejs|process)_\w+/g))];
  const labels = new Set<string>(ofScrape);
  const problems: string[] = names.length === 0 ? ['no metric'] : [];
  for (const name of names) {
    const base = documented.has(name) ? name : name.replace(/_(bucket|count|sum)$/, '');
    const metric = documented.get(base);
    if (metric === undefined && !ofProcess.includes(name)) problems.push(name);
    if (base !== name && metric?.kind !== 'histogram') problems.push(`${name} of no histogram`);
    for (const label of metric?.labels ?? []) labels.add(label);
    if (name.endsWith('_bucket')) labels.add('le');
    if (metric?.kind === 'counter' && !new RegExp(`(rate|increase)\\(${name}\\b`).test(expr)) {
      problems.push(`${name} without its rate`);
    }
  }
  const used = [
    ...[...expr.matchAll(/\{([^}]*)\}/g)].flatMap(([, inner = '']) => inner.match(/\w+(?=[!=]~?")/g) ?? []),
    ...[...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, inner = '']) => inner.match(/\w+/g) ?? []),
    ...[...legend.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/g)].map(([, label = '']) => label),
  ];
  return [...problems, ...used.filter((label) => !labels.has(label))];
}

describe('alerts', () => {
  it.each(rules)('$alert ask for metrics and labels that exist', ({ expr, annotations, labels }) => {
    expect(unknownIn(expr, annotations.summary)).toEqual([]);
    expect(['page', 'ticket']).toContain(labels.severity);
  });

  it('are all explained, and no others', () => {
    const explained = [...read('docs/guides/monitoring.md').matchAll(/^### (FusionAuthSessions\w+)$/gm)];
    expect(explained.map(([, name]) => name).toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });

  it('are provoked by the game day, or are named there as not provoked', () => {
    const page = read('docs/guides/game-day.md');
    expect(rules.map(({ alert }) => alert).filter((alert) => !page.includes(`\`${alert}\``))).toEqual([]);
    const table = [...page.matchAll(/^\|[^|]*\| `(\w+)`/gm)].map(([, alert]) => alert);
    const scenarios = [...read('scripts/game-day/scenarios.mjs').matchAll(/^ {4}alerts: \[(.*)\]/gm)];
    const provoked = scenarios.flatMap(([, list = '']) => list.match(/\w+/g) ?? []);
    expect(provoked.map((name) => `FusionAuthSessions${name}`).toSorted()).toEqual(table.toSorted());
  });

  it('have each a case for promtool, which shows when they fire and when not yet', () => {
    const cases = read('deploy/monitoring/alerts.test.yaml').matchAll(/^ {8}alertname: (\w+)$/gm);
    expect([...cases].map(([, name]) => name)).toEqual(rules.map(({ alert }) => alert));
  });

  it('are explained by variables that exist', () => {
    const named = read('docs/guides/monitoring.md').match(/(?<=`)[A-Z]+(?:_[A-Z]+)+(?=[`=])/g) ?? [];
    const ofOthers = /^(OTEL|UPSTREAM)_/;
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !(name in environment.shape) && !ofOthers.test(name))).toEqual([]);
  });

  it('name values of labels that the service uses', () => {
    const named = rules.flatMap(({ expr }) =>
      [...expr.matchAll(/kind=~"([^"]+)"/g)].flatMap(([, list]) => list?.split('|')),
    );
    expect(named.length).toBeGreaterThan(3);
    for (const kind of named) expect(failureKinds).toContain(kind);
  });

  it('see the first burst of what they look for, because counters say 0 before', async () => {
    const sink = createLogger('silent', { write: () => undefined });
    const metrics = new Metrics('1.0.0');
    const looksFor = rules.flatMap(({ expr }) =>
      [...expr.matchAll(/increase\((\w+)(?:\{([^}]*)\})?/g)].map(([, name = '', selector = '']) => ({
        name,
        matchers: [...selector.matchAll(/(\w+)(=~|!=|=)"([^"]*)"/g)],
      })),
    );
    const seen = async () => {
      const series = (await metrics.text()).match(/^[a-z_]+(?:\{.*\})?(?= )/gm) ?? [];
      return series.filter((one) =>
        looksFor.some(
          ({ name, matchers }) =>
            one.replace(/\{.*/, '') === name &&
            matchers.every(([, label = '', operator, wanted = '']) => {
              const value = new RegExp(`[{,]${label}="([^"]*)"`).exec(one)?.[1] ?? '';
              return operator === '=~'
                ? new RegExp(`^(?:${wanted})$`).test(value)
                : (value === wanted) === (operator === '=');
            }),
        ),
      );
    };
    const before = await seen();
    const telemetry = new MeasuredTelemetry(sink, systemClock, metrics);
    const request = { id: 'r', clientAddress: '127.0.0.1' };
    for (const reason of endReasons) telemetry.endingAttempted({ reason, outcome: 'failed' });
    for (const outcome of ['stale', 'future', 'failed', 'late', 'busy'] as const) {
      for (const kind of eventKinds) {
        const event = Object.assign(Object.create(null), { kind, id: 'e', occurredAt: 0 });
        telemetry.deliveryAnswered(
          { kind: outcome, event },
          outcome === 'stale' || outcome === 'future' ? 400 : 503,
          'r',
        );
      }
      if (outcome !== 'late') telemetry.revocationsLost(0, outcome);
    }
    telemetry.deliveryAnswered({ kind: 'undecodable', type: null, eventId: null, member: 'x' }, 400, 'r');
    telemetry.deliveryAnswered({ kind: 'forged' }, 401, 'r');
    for (const reason of ['credentials', 'header', 'signature']) telemetry.deliveryNotRecognised(reason, request);
    telemetry.signingKeysUnavailable(new Error('x'), 'r');
    for (const reason of ['epoch', 'below', 'hole']) telemetry.eventsMayBeLost(reason);
    telemetry.completenessMoved(0);
    telemetry.subscriberOverflowed();
    telemetry.slowReaderCutOff({ peer: '127.0.0.1', unreadBytes: 1, waitedMs: 1 });
    telemetry.policy.heldBack(userOf(1), 1, 1);
    telemetry.serviceKeysNotUsable([], []);
    telemetry.requestFailed(new Error('x'), { id: 'r', recognised: null });
    expect(before.length).toBeGreaterThan(50);
    expect((await seen()).toSorted()).toEqual(before.toSorted());
  });

  it('would be found out otherwise', () => {
    expect(unknownIn('sum by (nothing) (rate(fusionauth_sessions_operations_total{typ="x"}[5m]))')).toEqual([
      'typ',
      'nothing',
    ]);
    expect(unknownIn('fusionauth_sessions_operations_total > 1')).not.toEqual([]);
    expect(unknownIn('fusionauth_sessions_nothing > 1')).not.toEqual([]);
  });
});

describe('the dashboard', () => {
  it.each(shown)('asks in $title for metrics and labels that exist', ({ expr, legendFormat }) => {
    expect(unknownIn(expr, legendFormat)).toEqual([]);
  });

  it('has panels that neither overlap nor share an id', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });

  it('shows every metric that is counted for callers, FusionAuth, sessions and events', () => {
    const asked = shown.map(({ expr }) => expr).join('\n');
    const watched = rules.map(({ expr }) => expr).join('\n');
    const nowhere = [...documented.keys()].filter((name) => !asked.includes(name) && !watched.includes(name));
    expect(nowhere).toEqual([
      'fusionauth_sessions_policy_enforcements_total',
      'fusionauth_sessions_subscriptions_opened_total',
      'fusionauth_sessions_subscription_events_waiting',
      'fusionauth_sessions_service_key_reads_total',
      'fusionauth_sessions_policy_run_seconds',
      'fusionauth_sessions_policy_jobs_refused_total',
      'fusionauth_sessions_sign_ins_decided_total',
    ]);
  });
});
