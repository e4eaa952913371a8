import type { GraphQLAnswer, QueryOptions, TestService } from './service.js';

export interface EnforcementPayload {
  readonly outcome: string | null;
  readonly user: { readonly id: string } | null;
  readonly keptSession: { readonly id: string } | null;
  readonly keptSessions: readonly { readonly id: string }[];
  readonly revokedSessions: readonly {
    /** The id that the session had. */
    readonly id: string;
    readonly applicationId: string | null;
    readonly endedAt: string;
    readonly reason: string;
    readonly initiatingEntity: string;
    readonly replacedBySessionId: string | null;
    readonly accessTokensExpireBy: string | null;
  }[];
  readonly revokedCount: number;
  readonly alreadyEndedIds: readonly string[];
  readonly failures: readonly {
    readonly sessionId: string;
    readonly code: string;
    readonly message: string;
    readonly retryable: boolean;
  }[];
  readonly accessTokensExpireBy: string | null;
  readonly userErrors: readonly { readonly code: string; readonly field: readonly string[] | null }[];
  readonly warnings: readonly { readonly code: string }[];
}

export interface EnforceSingleSessionArguments {
  readonly userId: string;
  readonly keepSessionId?: string;
  readonly applicationId?: string;
  readonly scope?: string;
  readonly onNewerSession?: string;
  readonly ssoSessions?: string;
  readonly reason?: string;
  readonly comment?: string;
  readonly dryRun?: boolean;
}

const enforceSingleSessionDocument = `
  mutation EnforceSingleSession(
    $userId: ID!, $keepSessionId: ID, $applicationId: ID, $scope: LimitScope! = USER,
    $onNewerSession: NewerSessionRule! = KEEP_NEWEST, $ssoSessions: SsoSessionRule,
    $reason: SessionEndReason! = SINGLE_SESSION_POLICY, $comment: String, $dryRun: Boolean! = false
  ) {
    enforceSingleSession(
      userId: $userId, keepSessionId: $keepSessionId, applicationId: $applicationId, scope: $scope,
      onNewerSession: $onNewerSession, ssoSessions: $ssoSessions, reason: $reason, comment: $comment, dryRun: $dryRun
    ) {
      outcome
      user { id }
      keptSession { id }
      keptSessions { id }
      revokedSessions {
        id: sessionId applicationId endedAt reason initiatingEntity replacedBySessionId accessTokensExpireBy
      }
      revokedCount
      alreadyEndedIds
      failures { sessionId code message retryable }
      accessTokensExpireBy
      userErrors { code field }
      warnings { code }
    }
  }`;

/** Calls enforceSingleSession and answers everything HTTP does. */
export function queryEnforceSingleSession(
  service: TestService,
  variables: EnforceSingleSessionArguments,
  options?: QueryOptions,
): Promise<GraphQLAnswer<{ enforceSingleSession: EnforcementPayload }>> {
  return service.query(enforceSingleSessionDocument, { ...variables }, options);
}

/** Calls enforceSingleSession and answers its payload. Throws when there is an error. */
export async function enforceSingleSession(
  service: TestService,
  variables: EnforceSingleSessionArguments,
): Promise<EnforcementPayload> {
  const data = await service.data<{ enforceSingleSession: EnforcementPayload }>(enforceSingleSessionDocument, {
    ...variables,
  });
  return data.enforceSingleSession;
}

export function idsOf(sessions: readonly { readonly id: string }[]): readonly string[] {
  return sessions.map(({ id }) => id);
}

export function codesOf(list: readonly { readonly code: string }[]): readonly string[] {
  return list.map(({ code }) => code);
}

/** Lets something happen to FusionAuth's data after the next list has been read and before it is answered. */
export function afterNextList({ emulator }: TestService, happens: () => void): void {
  const map = (body: unknown) => {
    happens();
    return body;
  };
  emulator.faults.add({ method: 'GET', path: '/api/jwt/refresh', times: 1, fault: { kind: 'mapBody', map } });
}
