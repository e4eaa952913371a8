import type { EnforcementPayload } from '../../support/enforcement.js';
import type { GraphQLAnswer, GraphQLAnswerError, QueryOptions, TestService } from '../../support/service.js';

export interface LimitInput {
  readonly userId: string;
  readonly maxSessions: number;
  readonly applicationId?: string;
  readonly scope?: 'USER' | 'PER_APPLICATION';
  readonly deviceTypes?: readonly string[];
  readonly keepSessionIds?: readonly string[];
  readonly overflow?: 'END_OLDEST' | 'END_LEAST_RECENTLY_USED' | 'DENY_NEW' | 'ASK_USER';
  readonly onNewerSession?: 'KEEP_NEWEST' | 'KEEP_REQUESTED';
  readonly ssoSessions?: 'KEEP_ALL' | 'KEEP_NEWEST' | 'REVOKE_ALL';
  readonly reason?: string;
  readonly comment?: string;
  readonly dryRun?: boolean;
}

interface LimitPayload extends EnforcementPayload {
  readonly candidates: readonly { readonly id: string }[];
}

export interface RevocationInput {
  readonly sessionIds?: readonly string[];
  readonly userId?: string;
  readonly exceptSessionIds?: readonly string[];
  readonly filter?: Readonly<Record<string, unknown>>;
  readonly reason?: string;
  readonly comment?: string;
  readonly maxRevocations?: number;
  readonly includeSsoSessions?: boolean;
  readonly dryRun?: boolean;
}

interface RevocationPayload {
  readonly revokedSessions: EnforcementPayload['revokedSessions'];
  readonly revokedCount: number;
  readonly alreadyEndedIds: readonly string[];
  readonly failures: EnforcementPayload['failures'];
  readonly more: boolean;
  readonly userErrors: EnforcementPayload['userErrors'];
  readonly warnings: EnforcementPayload['warnings'];
}

/** Ended sessions are compared with sessions, so they answer with the ids that these had. */
const endedFields =
  'id: sessionId userId applicationId endedAt reason initiatingEntity replacedBySessionId accessTokensExpireBy';

const limitDocument = `
  mutation EnforceSessionLimit($input: EnforceSessionLimitInput!) {
    enforceSessionLimit(input: $input) {
      outcome
      user { id }
      keptSession { id }
      keptSessions { id }
      revokedSessions { ${endedFields} }
      revokedCount
      alreadyEndedIds
      failures { sessionId code message retryable }
      candidates { id }
      accessTokensExpireBy
      userErrors { code field }
      warnings { code }
    }
  }`;

const revocationDocument = `
  mutation RevokeSessions($input: RevokeSessionsInput!) {
    revokeSessions(input: $input) {
      revokedSessions { ${endedFields} }
      revokedCount
      alreadyEndedIds
      failures { sessionId code message retryable }
      more
      userErrors { code field }
      warnings { code }
    }
  }`;

/** Calls enforceSessionLimit and answers everything HTTP does. */
export function queryEnforceSessionLimit(
  service: TestService,
  input: LimitInput,
  options?: QueryOptions,
): Promise<GraphQLAnswer<{ enforceSessionLimit: LimitPayload }>> {
  return service.query(limitDocument, { input }, options);
}

/** Calls enforceSessionLimit and answers its payload. Throws when there is an error. */
export async function enforceSessionLimit(service: TestService, input: LimitInput): Promise<LimitPayload> {
  const data = await service.data<{ enforceSessionLimit: LimitPayload }>(limitDocument, { input });
  return data.enforceSessionLimit;
}

/** Calls revokeSessions and answers everything HTTP does. The reason is ADMIN_REQUEST unless given. */
export function queryRevokeSessions(
  service: TestService,
  input: RevocationInput,
  options?: QueryOptions,
): Promise<GraphQLAnswer<{ revokeSessions: RevocationPayload }>> {
  return service.query(revocationDocument, { input: { reason: 'ADMIN_REQUEST', ...input } }, options);
}

/** Calls revokeSessions and answers its payload. Throws when there is an error. */
export async function revokeSessions(service: TestService, input: RevocationInput): Promise<RevocationPayload> {
  const data = await service.data<{ revokeSessions: RevocationPayload }>(revocationDocument, {
    input: { reason: 'ADMIN_REQUEST', ...input },
  });
  return data.revokeSessions;
}

/** What a refused call says: the code and the path of the argument. */
export function refusalsOf({ errors = [] }: GraphQLAnswer['body']): readonly {
  readonly code: unknown;
  readonly argument: unknown;
}[] {
  return errors.map(({ extensions }: GraphQLAnswerError) => ({
    code: extensions['code'],
    argument: extensions['argument'],
  }));
}
