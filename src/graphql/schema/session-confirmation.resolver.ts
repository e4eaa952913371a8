import { Arg, Ctx, Extensions, ID, Int, Query, Resolver } from 'type-graphql';
import type { ConfirmSessions } from '../../application/liveness/confirm-sessions.js';
import { refuseUnknownTenant } from '../../application/operation/named-tenant.js';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import { InvalidInputError } from '../../domain/errors.js';
import { parseSessionId, parseUserId } from '../../domain/ids.js';
import { type Optional, parseIds } from './arguments.js';
import { idsOf, type Price } from './price.js';
import { SessionConfirmationType, toSessionConfirmationType } from './session-confirmation.type.js';

/** The most sessions one call asks about. */
const maxSessions = 1_000;

/** The greatest age that can be asked for, in seconds. */
const maxAgeLimitSeconds = 3_600;
const defaultMaxAgeSeconds = 150;

/** How long an answer waits for FusionAuth, in milliseconds. */
const maxWaitMs = 2_000;

/**
 * The sessions that are priced at one call. One list answers for all sessions of a user and for all callers, at a rate
 * of its own.
 */
const sessionsPerCall = 10;

const priceOfLiveSessions: Price = (calls, { ids }) => {
  calls.confirmations(Math.ceil(idsOf(ids).length / sessionsPerCall));
  return [];
};

@Resolver()
export class SessionConfirmationResolver {
  constructor(private readonly confirmSessions: ConfirmSessions) {}

  @Extensions({ price: priceOfLiveSessions })
  @Query(() => [SessionConfirmationType], {
    description: `Which of these sessions live, in the order of the ids. Resource servers ask to bound how long a lost revocation stays unknown to them.

The service answers from memory when its knowledge is not older than maxAgeSeconds. Otherwise it asks FusionAuth: about each user at most once within that time for all callers, and at most CONFIRMATIONS_PER_SECOND times a second. An answer waits two seconds at most. Needs session:read; users need nothing for sessions of their own.`,
  })
  async liveSessions(
    @Arg('ids', () => [ID], { description: `The sessions, 1 to ${maxSessions}: UUIDs.` }) ids: readonly string[],
    @Arg('userIds', () => [ID], {
      nullable: true,
      description:
        'Whose sessions they are, in the order of ids: the `sub` of the access tokens. It spares a look-up for each; a wrong one costs one. Default: not known.',
    })
    userIds: Optional<readonly string[]>,
    @Arg('maxAgeSeconds', () => Int, {
      defaultValue: defaultMaxAgeSeconds,
      description: `How old the knowledge may be, in seconds, 1 to ${maxAgeLimitSeconds}.`,
    })
    maxAgeSeconds: number,
    @Ctx() scope: OperationScope,
  ): Promise<readonly SessionConfirmationType[]> {
    if (ids.length === 0) throw new InvalidInputError(['ids'], `ids is empty. Name 1 to ${maxSessions} sessions.`);
    if (maxAgeSeconds < 1 || maxAgeSeconds > maxAgeLimitSeconds) {
      throw new InvalidInputError(['maxAgeSeconds'], `maxAgeSeconds must be from 1 to ${maxAgeLimitSeconds}.`);
    }
    if (userIds != null && userIds.length !== ids.length) {
      const message = `userIds holds ${userIds.length} ids and ids ${ids.length}. Name one user for each session, or leave userIds out.`;
      throw new InvalidInputError(['userIds'], message);
    }
    const sessionIds = parseIds(ids, parseSessionId, ['ids'], maxSessions);
    const owners = userIds == null ? [] : parseIds(userIds, parseUserId, ['userIds'], maxSessions);
    const sessions = sessionIds.map((id, index) => ({ id, userId: owners[index] ?? null }));
    const confirmations = await this.confirmSessions.confirm(scope, {
      sessions,
      maxAgeMs: maxAgeSeconds * 1_000,
      maxWaitMs,
      permission: 'session:read',
    });
    if (confirmations.some(({ status }) => status === 'failed')) await refuseUnknownTenant(scope);
    return confirmations.map(toSessionConfirmationType);
  }
}
