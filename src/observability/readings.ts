import { Gauge, type Registry } from 'prom-client';
import type { Policy } from '../domain/policy/policy.js';
import type { PolicyBacklog } from '../domain/ports/policy-jobs.js';
import type { StoreReadings } from '../domain/ports/store-readings.js';

/** The state of the service that each scrape reads. */
export interface Readings {
  readonly completeSinceMs: () => Promise<number>;
  /** How far FusionAuth's clock is ahead, in milliseconds. */
  readonly clockSkewMs: () => number;
  /** Calls to FusionAuth that wait for their turn. */
  readonly waitingCalls: () => number;
  readonly policyBacklog: () => Promise<PolicyBacklog>;
  /** The policy in force of POLICY_FILE; null without such a file. */
  readonly policyOfFile: () => Pick<Policy, 'version' | 'mode'> | null;
  readonly stores: () => StoreReadings;
  /** The number of service keys in force. */
  readonly serviceKeys: () => number;
}

/** Adds a gauge for each reading. One that fails, or that has nothing to read, is left out of the scrape. */
export function addReadings(registry: Registry, prefix: string, readings: Readings): void {
  const { completeSinceMs, clockSkewMs, waitingCalls, policyBacklog, policyOfFile, stores, serviceKeys } = readings;
  const read = (name: string, help: string, value: () => number | null | Promise<number | null>) =>
    addGauge(registry, { name: `${prefix}${name}`, help }, value);
  const waiting = 'Users who wait for the policy to be enforced';
  read('complete_since_timestamp_seconds', 'Revocations before this instant may be missing.', async () => {
    return (await completeSinceMs()) / 1_000;
  });
  read('clock_skew_seconds', 'How far the clock of FusionAuth is ahead of ours.', () => clockSkewMs() / 1_000);
  read('service_keys', 'Service keys in force.', serviceKeys);
  read('upstream_calls_waiting', 'Calls to FusionAuth that wait for their turn.', waitingCalls);
  read('policy_jobs_live', `${waiting}: they have just signed in.`, async () => (await policyBacklog()).waiting.live);
  read('policy_jobs_background', `${waiting}: something may have been missed.`, async () => {
    return (await policyBacklog()).waiting.background;
  });
  read(
    'policy_jobs_dead',
    'Users for whom the policy could not be enforced.',
    async () => (await policyBacklog()).dead,
  );
  read('policy_jobs_overdue_seconds', 'How long the oldest of those who wait has been due.', async () => {
    return (await policyBacklog()).overdueMs / 1_000;
  });
  addPolicyInfo(registry, prefix, policyOfFile);
  read('subscription_events_waiting', 'The most events that wait for one subscriber.', () => stores().waitingEvents);
  read('feed_lag_seconds', 'How long ago this process last read all that replicas have published.', () => {
    return stores().feedLagMs / 1_000;
  });
  const database = <Value>(value: (of: NonNullable<StoreReadings['database']>) => Value) => {
    const { database: state } = stores();
    return state === null ? null : value(state);
  };
  read('database_available', 'Whether the database can be reached.', () => database((of) => (of.isAvailable ? 1 : 0)));
  read('database_connections_open', 'Connections to the database for statements.', () => database((of) => of.open));
  read('database_connections_idle', 'Those of them that nobody uses.', () => database((of) => of.idle));
  read('database_connections_awaited', 'Statements that wait for a connection.', () => database((of) => of.awaited));
}

/** Replicas whose files differ end sessions by different rules, and none of them can see it. */
function addPolicyInfo(registry: Registry, prefix: string, policyOfFile: Readings['policyOfFile']): void {
  new Gauge({
    name: `${prefix}policy_info`,
    help: 'Always 1; the labels say which policy of POLICY_FILE is in force.',
    labelNames: ['version', 'mode'],
    registers: [registry],
    collect() {
      this.reset();
      const policy = policyOfFile();
      if (policy !== null) this.set({ version: policy.version, mode: policy.mode }, 1);
    },
  });
}

function addGauge(
  registry: Registry,
  configuration: { readonly name: string; readonly help: string },
  value: () => number | null | Promise<number | null>,
): void {
  new Gauge({
    ...configuration,
    registers: [registry],
    async collect() {
      const read = await settled(value);
      if (read === null) this.remove();
      else this.set(read);
    },
  });
}

/** The value; null where it cannot be read. */
async function settled(value: () => number | null | Promise<number | null>): Promise<number | null> {
  try {
    return await value();
  } catch {
    return null;
  }
}
