import type {
  EnforcementOutcome,
  EnforceSessionLimitCommand,
} from '../../../src/application/enforcement/enforcement.js';
import type { UserError } from '../../../src/application/operation/results.js';
import type { SessionRevocationFailure } from '../../../src/application/revocation/revocation-failure.js';
import type { SessionGateway } from '../../../src/domain/ports/session-gateway.js';
import { liveSessions } from '../../../src/domain/session-query.js';
import { modelSessionId, modelUserId } from './model-world.js';
import type { Reply, Request } from './serial-orders.js';
import { scopeOver, type UseCases } from './use-cases.js';

export async function perform(useCases: UseCases, request: Request, gateway: SessionGateway): Promise<Reply> {
  const scope = scopeOver(gateway);
  switch (request.kind) {
    case 'newest':
      return toReply(await useCases.enforce.execute(scope, commandOf(request.keep)));
    case 'requested':
      return toReply(
        await useCases.enforce.execute(scope, { ...commandOf(request.keep), onNewerSession: 'keepRequested' }),
      );
    case 'lastUsed':
      return toReply(await useCases.enforce.execute(scope, { ...commandOf(null), overflow: 'endLeastRecentlyUsed' }));
    case 'revoke': {
      const sessionId = modelSessionId(request.session);
      const command = { ...cause, sessionId, userId: null, includeSsoSessions: false, dryRun: false };
      const { outcome } = await useCases.revokeSession.execute(scope, command);
      return { refused: false, failures: outcome === null ? [request.session] : [] };
    }
    case 'others': {
      const target = {
        kind: 'user',
        userId: modelUserId,
        filter: liveSessions,
        exceptIds: [modelSessionId(request.except)],
      } as const;
      const command = { ...cause, target, maxRevocations: 100, includeSsoSessions: false, dryRun: false };
      return toReply(await useCases.revokeSessions.execute(scope, command));
    }
  }
}

interface Answer {
  readonly outcome?: EnforcementOutcome | null;
  readonly userErrors: readonly UserError[];
  readonly failures: readonly SessionRevocationFailure[];
}

function toReply({ outcome, userErrors, failures }: Answer): Reply {
  return {
    refused: userErrors.length > 0,
    superseded: outcome === 'SUPERSEDED',
    failures: failures.map(({ sessionId }) => Number.parseInt(sessionId.slice(-6), 16)),
  };
}

const cause = { reason: 'OTHER', comment: null } as const;

function commandOf(keep: number | null): EnforceSessionLimitCommand {
  return {
    ...cause,
    userId: modelUserId,
    limit: { maxSessions: 1, scope: 'user', applicationIds: null, deviceTypes: null, ssoSessions: 'keepNewest' },
    overflow: 'endOldest',
    keepSessionIds: keep === null ? [] : [modelSessionId(keep)],
    keepArgument: ['keepSessionId'],
    onNewerSession: 'keepNewest',
    dryRun: false,
    allowEndings: null,
  };
}
