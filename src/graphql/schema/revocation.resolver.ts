import { Arg, Ctx, Extensions, ID, Mutation, Resolver } from 'type-graphql';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import { maxUsersWithSsoSessions } from '../../application/revocation/remaining-sso-sessions.js';
import type { RevokeSession } from '../../application/revocation/revoke-session.js';
import type { RevokeSessions } from '../../application/revocation/revoke-sessions.js';
import type { SessionEndReason as SessionEndReasonValue } from '../../domain/ended-session.js';
import { parseSessionId, parseUserId } from '../../domain/ids.js';
import { type Optional, parseComment, parseId, parseOptionalId } from './arguments.js';
import { SessionEndReason } from './ended-session.enums.js';
import { ownCause } from './ended-session.type.js';
import { CommentArg, DryRunArg } from './ending-arguments.js';
import {
  RevokeSessionPayload,
  RevokeSessionsPayload,
  toRevokeSessionPayload,
  toRevokeSessionsPayload,
} from './payload.types.js';
import { assumedRevocations, callsToKeep, idOf, idsOf, membersOf, type Price } from './price.js';
import { RevokeSessionsInput, toRevokeSessionsCommand } from './revocation.inputs.js';
import { viewpointOf } from './session.type.js';

const priceOfRevocation: Price = (calls, { sessionId, includeSsoSessions, dryRun }) => {
  // The session is looked up, and the user's sessions are listed, at least to warn of SSO sessions.
  const ends = includeSsoSessions === true ? assumedRevocations : 1;
  calls.mutation(2 + (dryRun === true ? 0 : ends));
  return [`owner of ${idOf(sessionId)}`];
};

const priceOfRevocations: Price = (calls, args) => {
  const { sessionIds, exceptSessionIds, maxRevocations, includeSsoSessions, dryRun } = membersOf(args['input']);
  const most = typeof maxRevocations === 'number' ? Math.max(0, maxRevocations) : 0;
  const named = sessionIds == null ? null : new Set(idsOf(sessionIds)).size;
  const lists = named === null ? 1 : Math.min(named, maxUsersWithSsoSessions);
  const toFind = named ?? callsToKeep(idsOf(exceptSessionIds).length);
  const ends = named === null || includeSsoSessions === true ? most : Math.min(named, most);
  calls.mutation(toFind + lists + (dryRun === true ? 0 : ends));
  return [];
};

@Resolver()
export class RevocationResolver {
  constructor(
    private readonly one: RevokeSession,
    private readonly many: RevokeSessions,
  ) {}

  @Extensions({ price: priceOfRevocation })
  @Mutation(() => RevokeSessionPayload, {
    description:
      'Ends one session. Ending one that is already gone succeeds with outcome ALREADY_ENDED. Needs session:revoke; users need nothing for sessions of their own.',
  })
  async revokeSession(
    @Arg('sessionId', () => ID, { description: 'The session: a UUID.' }) sessionId: string,
    @Arg('userId', () => ID, {
      nullable: true,
      description: 'A guard: when the session belongs to somebody else, the answer is SESSION_NOT_FOUND.',
    })
    userId: Optional<string>,
    @Arg('reason', () => SessionEndReason, {
      defaultValue: SessionEndReason.ADMIN_REQUEST,
      description: 'Why the session ends.',
    })
    reason: SessionEndReasonValue,
    @CommentArg comment: Optional<string>,
    @DryRunArg dryRun: boolean,
    @Arg('includeSsoSessions', () => Boolean, {
      defaultValue: false,
      description:
        'Also end the SSO sessions of the same user, through which a browser comes back without a password. If they cannot be listed, nothing is ended. Where the session has ended already, those of userId end, so that calling again finishes what failed; without userId, SSO_SESSIONS_REMAIN warns that there may be some.',
    })
    includeSsoSessions: boolean,
    @Ctx() scope: OperationScope,
  ): Promise<RevokeSessionPayload> {
    const note = parseComment(comment, ['comment']);
    const result = await this.one.execute(scope, {
      sessionId: parseId(sessionId, parseSessionId, ['sessionId']),
      userId: parseOptionalId(userId, parseUserId, ['userId']),
      reason,
      comment: note,
      includeSsoSessions,
      dryRun,
    });
    return toRevokeSessionPayload(result, viewpointOf(scope), ownCause(scope.caller, note));
  }

  @Extensions({ price: priceOfRevocations })
  @Mutation(() => RevokeSessionsPayload, {
    description: `Ends a set of sessions: by ids, or of one user with filters and exceptions ("sign out everywhere else").

Each session is tried, whatever happens to the others; calling again finishes. Needs session:bulk; users need nothing for sessions of their own.`,
  })
  async revokeSessions(
    @Arg('input', () => RevokeSessionsInput, { description: 'Which sessions to end, and why.' })
    input: RevokeSessionsInput,
    @Ctx() scope: OperationScope,
  ): Promise<RevokeSessionsPayload> {
    const command = toRevokeSessionsCommand(input);
    const result = await this.many.execute(scope, command);
    return toRevokeSessionsPayload(result, ownCause(scope.caller, command.comment));
  }
}
