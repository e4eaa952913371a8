import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { beginWithNought } from './first-series.js';
import { addReadings, type Readings } from './readings.js';

/** The prefix of every metric, except for those of OpenTelemetry's conventions and of the Node.js process. */
const prefix = 'fusionauth_sessions_';

/** The buckets of OpenTelemetry's conventions for HTTP, in seconds. */
const httpBuckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** In seconds. */
const waitBuckets = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** In seconds. */
const lagBuckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/**
 * Every metric of the service, as Prometheus collects them. Labels hold names of this program only, no ids and
 * nothing that a caller chooses, so that the number of series is bounded.
 */
export class Metrics {
  readonly #registry = new Registry();

  readonly requestSeconds = this.#histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Time from a request to the end of its answer, by route. A stream counts until it ends.',
    labelNames: ['http_request_method', 'http_route', 'http_response_status_code'],
    buckets: httpBuckets,
  });
  readonly upstreamSeconds = this.#histogram({
    name: 'http_client_request_duration_seconds',
    help: 'Time of one attempt of a call to FusionAuth, without waiting for its turn.',
    labelNames: ['http_request_method', 'url_template', 'http_response_status_code', 'error_type'],
    buckets: httpBuckets,
  });
  readonly operations = this.#counter('operations_total', 'Operations answered.', ['type', 'outcome']);
  readonly endings = this.#counter(
    'endings_total',
    'Sessions that this service set out to end, and endings that FusionAuth was the first to report.',
    ['reason', 'outcome', 'initiator'],
  );
  readonly enforcements = this.#counter('enforcements_total', 'Calls that enforce a limit.', [
    'outcome',
    'rule',
    'dry_run',
  ]);
  readonly policyEnforcements = this.#counter(
    'policy_enforcements_total',
    'Times the policy was enforced for a user.',
    ['trigger', 'done', 'mode'],
  );
  readonly policySessions = this.#counter(
    'policy_sessions_total',
    'Sessions that a rule of the policy has ended, or at each look would have ended. Rules are few: the policy names them.',
    ['rule', 'outcome'],
  );
  readonly deliveries = this.#counter('webhook_deliveries_total', 'Deliveries of FusionAuth answered.', [
    'event',
    'outcome',
    'status',
  ]);
  readonly deliveryLagSeconds = this.#histogram({
    name: `${prefix}webhook_delivery_lag_seconds`,
    help: 'Time from an event at FusionAuth to the answer to its delivery.',
    labelNames: ['event'],
    buckets: lagBuckets,
  });
  readonly deliveriesRefused = this.#counter(
    'webhook_deliveries_refused_total',
    'Deliveries that are not recognised as those of FusionAuth, or cannot be while its keys are away.',
    ['reason'],
  );
  readonly completenessMoves = this.#counter(
    'completeness_moves_total',
    'How often revocations may have been lost, so that resource servers have to confirm sessions.',
    ['cause'],
  );
  readonly subscriptions = this.#gauge('subscriptions_open', 'Streams that are open.');
  readonly subscriptionsOpened = this.#counter('subscriptions_opened_total', 'Streams that were opened.', []);
  readonly subscriptionsCutOff = this.#counter('subscriptions_cut_off_total', 'Clients cut off that read too slowly.', [
    'cause',
  ]);
  readonly feedBreaks = this.#counter(
    'feed_breaks_total',
    'How often streams of events were ended, because events may be missing or the database was away for too long.',
    ['reason'],
  );
  readonly confirmations = this.#counter('confirmations_total', 'Sessions that were asked about, by the answer.', [
    'status',
  ]);
  readonly credentialsRefused = this.#counter('credentials_refused_total', 'Credentials that were not accepted.', [
    'check',
  ]);
  readonly serviceKeyReads = this.#counter('service_key_reads_total', 'Times that the file of service keys was read.', [
    'outcome',
  ]);
  readonly workRefused = this.#counter('work_refused_total', 'Work refused for the sake of a limit.', ['limit']);
  readonly turnSeconds = this.#histogram({
    name: `${prefix}turn_wait_seconds`,
    help: 'Time that an operation waited for its turn among those of one user.',
    labelNames: ['granted'],
    buckets: waitBuckets,
  });
  readonly policyRuns = this.#counter('policy_runs_total', 'Runs of the policy for one user, by what asked for them.', [
    'trigger',
    'outcome',
  ]);
  readonly policyRunSeconds = this.#histogram({
    name: `${prefix}policy_run_seconds`,
    help: 'Time from when a run of the policy was due to its end.',
    labelNames: ['trigger'],
    buckets: waitBuckets,
  });
  readonly policyHeldBack = this.#counter('policy_held_back_total', 'Endings that had to wait for a later minute.', []);
  readonly policyJobsRefused = this.#counter(
    'policy_jobs_refused_total',
    'Users for whom no run was scheduled, because too many waited.',
    [],
  );
  readonly signInsDecided = this.#counter('sign_ins_decided_total', 'Sign-ins that rules were asked about.', [
    'decision',
    'failed',
  ]);
  readonly failures = this.#counter('failures_total', 'What went wrong and is in the log, by kind.', ['kind']);
  readonly ready = this.#gauge('ready', 'Whether the last look found that the service can do its work.');

  constructor(version: string) {
    collectDefaultMetrics({ register: this.#registry });
    beginWithNought(this);
    // Nothing is known before the first look.
    this.ready.remove();
    const info = new Gauge({
      name: `${prefix}build_info`,
      help: 'Always 1; the labels say what runs.',
      labelNames: ['version', 'node_version'],
      registers: [this.#registry],
    });
    info.set({ version, node_version: process.version }, 1);
  }

  /** Adds the metrics that are read at each scrape. */
  add(readings: Readings): void {
    addReadings(this.#registry, prefix, readings);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All metrics in Prometheus' text format. */
  async text(): Promise<string> {
    return this.#registry.metrics();
  }

  #counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({
      name: `${prefix}${name}`,
      help,
      labelNames: [...labelNames],
      registers: [this.#registry],
    });
  }

  #gauge(name: string, help: string): Gauge {
    return new Gauge({ name: `${prefix}${name}`, help, registers: [this.#registry] });
  }

  #histogram<Label extends string>(options: {
    readonly name: string;
    readonly help: string;
    readonly labelNames: Label[];
    readonly buckets: number[];
  }): Histogram<Label> {
    return new Histogram({ ...options, registers: [this.#registry] });
  }
}
