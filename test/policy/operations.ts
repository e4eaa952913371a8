import type { TestService } from '../support/service.js';

export interface EnforcePolicyAnswer {
  readonly outcome: string;
  readonly version: string | null;
  readonly rules: readonly string[];
  readonly revokedSessions: readonly {
    readonly sessionId: string;
    readonly applicationId: string | null;
    readonly reason: string;
    readonly initiatingEntity: string;
    readonly policyRule: { readonly name: string; readonly version: string } | null;
  }[];
  readonly wouldEnd: readonly { readonly rule: { readonly name: string }; readonly sessionIds: readonly string[] }[];
  readonly failures: readonly { readonly sessionId: string; readonly code: string }[];
}

/** Calls enforcePolicy. Throws when there is an error. */
export async function enforcePolicy(
  service: TestService,
  userId: string,
  sessionId: string | null = null,
): Promise<EnforcePolicyAnswer> {
  const data = await service.data<{ enforcePolicy: EnforcePolicyAnswer }>(
    `mutation ($userId: ID!, $sessionId: ID) {
      enforcePolicy(userId: $userId, sessionId: $sessionId) {
        outcome version rules
        revokedSessions { sessionId applicationId reason initiatingEntity policyRule { name version } }
        wouldEnd { rule { name version } sessionIds }
        failures { sessionId code }
      }
    }`,
    { userId, sessionId },
  );
  return data.enforcePolicy;
}

interface PolicyLimits {
  readonly version: string | null;
  readonly mode: string | null;
  readonly limits: readonly { readonly rule: string; readonly sessionIds: readonly string[] }[];
}

/** What sessionPolicy says about a user. */
export async function policyLimits(service: TestService, userId: string): Promise<PolicyLimits> {
  const data = await service.data<{ sessionPolicy: PolicyLimits }>(
    `query ($userId: ID!) {
      sessionPolicy(userId: $userId) {
        version mode
        limits { rule mode maxSessions scope overflow deviceTypes sessionIds surplusSessionIds }
      }
    }`,
    { userId },
  );
  return data.sessionPolicy;
}
