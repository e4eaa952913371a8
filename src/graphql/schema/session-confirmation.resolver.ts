import { Arg, Ctx, Extensions, ID, Int, Query, Resolver } from 'type-graphql';
import type { ConfirmSessions } from '../../application/liveness/confirm-sessions.js';
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

/** How long an answer waits for what is being asked, in milliseconds. */
const maxWaitMs = 2_000;

/** One list serves for all sessions of a user and for everybody who asks, at a rate of its own: a tenth of a call each. */
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
    description: `Which of these sessions live, in the order of the ids: for resource servers, which bound by it how long a revocation that was lost on its way stays unknown.

Answered from what is known, if that is not older than maxAgeSeconds, and else by asking FusionAuth: about each user at most once within that time for all who ask, and CONFIRMATIONS_PER_SECOND times a second at most. An answer waits two seconds at most. Needs session:read; users need nothing for sessions of their own.`,
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
      description: `How old what is known may be, in seconds, 1 to ${maxAgeLimitSeconds}.`,
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
    return confirmations.map(toSessionConfirmationType);
  }
}
