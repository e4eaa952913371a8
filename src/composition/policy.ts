import { randomUUID } from 'node:crypto';
import type { EnforceSessionLimit } from '../application/enforcement/enforce-session-limit.js';
import type { SessionEventRecorder } from '../application/events/session-event-recorder.js';
import type { OperationScope } from '../application/operation/operation-scope.js';
import { EnforcePolicy } from '../application/policy/enforce-policy.js';
import { PolicyObservations } from '../application/policy/policy-observations.js';
import type { DisposalList } from '../disposal-list.js';
import type { ServiceCaller } from '../domain/caller.js';
import type { TenantId } from '../domain/ids.js';
import type { Policy } from '../domain/policy/policy.js';
import type { PolicyInForce } from '../domain/ports/policy-in-force.js';
import type { RevocationAllowance } from '../domain/ports/revocation-allowance.js';
import type { SignInReservations } from '../domain/ports/sign-in-reservations.js';
import type { CreateScope } from '../http/recognise-caller.js';
import { FusionAuthPolicies } from '../policy/fusionauth-policies.js';
import { PolicyFile } from '../policy/policy-file.js';
import type { Foundation } from './foundation.js';
import type { ConnectedFusionAuth } from './fusionauth.js';

/** The session policy in force, and the warnings about it. */
export interface PolicySource extends PolicyInForce {
  /** Codes of problems, also while a policy is in force. */
  warnings(): readonly string[];
  /** Reads it now. Never rejects. */
  reload(): Promise<void>;
  /** What is in force of POLICY_FILE; null where FusionAuth keeps the policy. */
  ofFile(): Policy | null;
}

/** The shortest time between two looks, in milliseconds. */
const minLookMs = 250;

/** Opens where the session policy is kept. @throws UnusablePolicyError when a file holds none. */
export async function openPolicySource(
  { config, telemetry }: Pick<Foundation, 'config' | 'telemetry'>,
  { fusionAuth }: Pick<ConnectedFusionAuth, 'fusionAuth'>,
  opened: DisposalList,
): Promise<PolicySource> {
  if (config.policyFile !== null) {
    const file = await PolicyFile.open(config.policyFile, telemetry);
    opened.defer(() => file[Symbol.dispose]());
    return file;
  }
  const { tenantId: own } = config.fusionAuth;
  const policies = new FusionAuthPolicies({
    documentsOf: (tenantId) => {
      const tenantIsCallersWord = tenantId !== null && tenantId !== own;
      return fusionAuth.tenant(tenantId ?? own).during({ calls: 0, tenantIsCallersWord }).policies;
    },
    telemetry,
  });
  // The cache answers old settings once more while it reads new ones: this look causes that reading.
  const timer = setInterval(() => void policies.refresh(), Math.max(config.fusionAuth.settingsMaxAgeMs / 2, minLookMs));
  timer.unref();
  opened.defer(() => clearInterval(timer));
  return {
    current: (tenantId) => policies.current(tenantId ?? own),
    variesByTenant: async () => own === null && (await policies.variesByTenant()),
    warnings: () => policies.warnings(),
    ofFile: () => null,
    // Policies of FusionAuth are settings, which the cache reads again when they have reached their age.
    reload: async () => undefined,
  };
}

interface PolicyParts {
  readonly policies: PolicyInForce;
  readonly createScope: CreateScope;
  readonly enforceSessionLimit: EnforceSessionLimit;
  readonly recorder: SessionEventRecorder;
  readonly reservations: SignInReservations;
}

/** The service itself, as the caller on record for sessions that a policy ends. */
const itself: ServiceCaller = {
  kind: 'service',
  name: 'session policy',
  expiresAt: null,
  permissions: new Set(['session:enforce', 'session:read']),
  tenantIds: null,
  applicationIds: null,
};

/** How the session policy is enforced, within an allowance. */
export function createPolicy(
  { config, clock, telemetry }: Pick<Foundation, 'config' | 'clock' | 'telemetry'>,
  { policies, createScope, enforceSessionLimit, recorder, reservations }: PolicyParts,
): (allowance: RevocationAllowance) => EnforcePolicy {
  const scopeFor = (tenantId: TenantId | null): OperationScope =>
    createScope({
      caller: itself,
      tenantId: tenantId ?? config.fusionAuth.tenantId,
      tenantIsCallersWord: false,
      clientAddress: 'none',
      requestId: randomUUID(),
      time: {
        deadline: performance.now() + config.limits.operationTimeoutMs,
        signal: new AbortController().signal,
      },
    });
  const observations = new PolicyObservations({ recorder, clock, telemetry });
  return (allowance) =>
    new EnforcePolicy({ policies, enforceSessionLimit, scopeFor, observations, telemetry, allowance, reservations });
}
