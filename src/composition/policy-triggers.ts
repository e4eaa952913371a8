import type { SessionEventRecorder } from '../application/events/session-event-recorder.js';
import { AdmitSignIn } from '../application/policy/admit-sign-in.js';
import { PolicyTriggers } from '../application/policy/policy-triggers.js';
import { PolicyWorker } from '../application/policy/policy-worker.js';
import { type PolicyEnforcer, RunPolicyJob } from '../application/policy/run-policy-job.js';
import { SeenSessions } from '../application/policy/seen-sessions.js';
import { SweepSignIns } from '../application/policy/sweep-sign-ins.js';
import type { DisposalList } from '../disposal-list.js';
import type { TenantId } from '../domain/ids.js';
import type { PolicyLane } from '../domain/policy-trigger.js';
import type { PolicyInForce } from '../domain/ports/policy-in-force.js';
import type { RevocationAllowance } from '../domain/ports/revocation-allowance.js';
import type { Stores } from '../domain/ports/stores.js';
import { clockOfFusionAuth } from '../fusionauth/clock-skew.js';
import type { Foundation } from './foundation.js';
import type { ConnectedFusionAuth } from './fusionauth.js';

interface PolicyTriggerParts {
  readonly connected: ConnectedFusionAuth;
  readonly stores: Pick<Stores, 'policyJobs' | 'policySweeps' | 'revocationAllowance' | 'signInReservations'>;
  readonly policies: PolicyInForce;
  readonly recorder: SessionEventRecorder;
  readonly enforcerWith: (allowance: RevocationAllowance) => PolicyEnforcer;
}

/** The triggers that have the policy enforced, and the worker that enforces it. */
export interface PolicyTriggering {
  readonly triggers: PolicyTriggers;
  readonly admission: AdmitSignIn;
  /** Begins to take jobs that other replicas left, and to sweep for sign-ins that no trigger has seen. */
  start(): void;
  /** Takes no more jobs that other replicas can take. */
  drain(): void;
}

/**
 * The share of `maxRevocationsPerMinute` that jobs of the lane `background` may use. The rest stays for people who have
 * just signed in.
 */
const shareOfBackground = 0.8;

/**
 * How long publishing a refused sign-in may take, in milliseconds, within the time in which FusionAuth waits for the
 * decision.
 */
const publishingMs = 200;

export function createPolicyTriggers(
  foundation: Foundation,
  parts: PolicyTriggerParts,
  opened: DisposalList,
): PolicyTriggering {
  const { tenantId } = foundation.config.fusionAuth;
  const { policyJobs: jobs } = parts.stores;
  const seen = new SeenSessions();
  const worker = createWorker(foundation, parts, seen);
  opened.defer(() => worker[Symbol.asyncDispose]());
  // A policy that cannot be read at the moment counts as in force: the run reads it again.
  const isInForce = async (id: TenantId | null) => {
    const { policies } = parts;
    try {
      const policy = await policies.current(id);
      seen.observePolicy(id, policy?.version ?? null);
      return policy !== null || (id === null && (await policies.variesByTenant?.()) === true);
    } catch {
      return true;
    }
  };
  const triggers = new PolicyTriggers({ worker, isInForce, seen, tenantId });
  opened.defer(() => triggers[Symbol.asyncDispose]());
  const sweep = createSweep(foundation, parts, worker, isInForce);
  opened.defer(() => sweep?.[Symbol.asyncDispose]());
  return {
    triggers,
    admission: createAdmission(foundation, parts),
    start() {
      // Other replicas may have left jobs. Without a shared store the worker begins when the first job is scheduled.
      if (jobs.isShared) worker.begin();
      sweep?.start();
    },
    drain() {
      worker.drain();
      if (jobs.isShared) sweep?.stop();
    },
  };
}

function createWorker(
  { config, telemetry: { policy: telemetry, tracing } }: Foundation,
  { stores, enforcerWith }: PolicyTriggerParts,
  seen: SeenSessions,
): PolicyWorker {
  const allowance = ofAllTenants(stores.revocationAllowance);
  const runOf = (enforcer: PolicyEnforcer) =>
    new RunPolicyJob({ enforcer, seen, telemetry, random: Math.random, elapsedMs: () => performance.now() });
  const runs: Readonly<Record<PolicyLane, RunPolicyJob>> = {
    live: runOf(enforcerWith(allowance)),
    background: runOf(enforcerWith(partOf(allowance, shareOfBackground))),
  };
  return new PolicyWorker({
    jobs: stores.policyJobs,
    runJob: {
      execute(job) {
        const run = () => runs[job.lane].execute(job);
        return tracing === null ? run() : tracing.job(job.triggers[0] ?? 'sweep', run);
      },
    },
    backgroundPerSecond: config.policy.runsPerSecond,
    telemetry,
  });
}

/** Null where login records are not swept. */
function createSweep(
  { config, clock, telemetry }: Foundation,
  { connected: { fusionAuth }, stores }: PolicyTriggerParts,
  worker: PolicyWorker,
  isInForce: (id: TenantId | null) => Promise<boolean>,
): SweepSignIns | null {
  const { sweepIntervalMs: intervalMs, sweepLookBackMs: lookBackMs } = config.policy;
  if (intervalMs === null) return null;
  return new SweepSignIns({
    sweeps: stores.policySweeps,
    records: fusionAuth.createSignInRecords(),
    jobs: stores.policyJobs,
    worker,
    isInForce,
    tenantId: config.fusionAuth.tenantId,
    clock: clockOfFusionAuth(clock, fusionAuth.skew),
    intervalMs,
    lookBackMs,
    telemetry: telemetry.policy,
  });
}

function createAdmission(
  { config, clock, telemetry }: Foundation,
  { connected: { fusionAuth }, stores, policies, recorder }: PolicyTriggerParts,
): AdmitSignIn {
  const { tenantId } = config.fusionAuth;
  return new AdmitSignIn({
    policies,
    sourceOf: (id) => fusionAuth.tenant(id ?? tenantId).during({ calls: 0 }),
    reservations: stores.signInReservations,
    recorder,
    tenantId,
    clock: clockOfFusionAuth(clock, fusionAuth.skew),
    onFailure: config.policy.signInFailure,
    maxDecisionMs: Math.max(1, (config.webhook?.handleTimeoutMs ?? 0) - publishingMs),
    telemetry: telemetry.policy,
  });
}

/** Counted together for all tenants, because it is not always known to which of them a user belongs. */
export function ofAllTenants(allowance: RevocationAllowance): RevocationAllowance {
  return { take: (request) => allowance.take({ ...request, tenantId: null }) };
}

function partOf(allowance: RevocationAllowance, share: number): RevocationAllowance {
  return { take: (request) => allowance.take({ ...request, perMinute: Math.ceil(request.perMinute * share) }) };
}
