import { Arg, Ctx, Extensions, ID, Int, Query, Resolver } from 'type-graphql';
import type { ReadRevocations } from '../../application/events/read-revocations.js';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import { InvalidInputError } from '../../domain/errors.js';
import { parseSessionId } from '../../domain/ids.js';
import type { Instant } from '../../domain/session.js';
import type { RecordedRevocation } from '../../domain/session-event.js';
import { type Optional, parseId } from './arguments.js';
import { DateTimeScalar } from './date-time.scalar.js';
import { EndedSessionType, nothingShown, toEndedSessionType } from './ended-session.type.js';
import { free } from './price.js';
import { RevocationType } from './revocation.type.js';

/** The most revocations in one answer, and the default. */
const maxRevocations = 10_000;

/** Resolves the remembered revocations and endings. */
@Resolver()
export class RevocationLogResolver {
  constructor(private readonly reader: ReadRevocations) {}

  @Extensions({ price: free })
  @Query(() => EndedSessionType, {
    nullable: true,
    description:
      'Why a session ended. Null when the service does not know, or no longer: it remembers an ending for a day. It does not know the single sessions that FusionAuth revoked by user or by application. Needs session:read; users need nothing for sessions of their own.',
  })
  async endedSession(
    @Arg('id', () => ID, { description: 'The id that the session had, sessionId in the answer: a UUID.' }) id: string,
    @Ctx() scope: OperationScope,
  ): Promise<EndedSessionType | null> {
    const found = await this.reader.findEnded(scope, parseId(id, parseSessionId, ['id']));
    return found === null ? null : toEndedSessionType(found.ended, found.cause ?? nothingShown);
  }

  @Extensions({ price: free })
  @Query(() => [RevocationType], {
    description: `The revocations that resource servers must apply now: all whose access tokens may not have expired yet, in the order in which they became known.

The service remembers them as far back as revocationsCompleteSince says. Needs event:subscribe; users need nothing for revocations that concern themselves.`,
  })
  async revocations(
    @Arg('since', () => DateTimeScalar, {
      nullable: true,
      description: 'Only revocations that became known at this instant or later. Default: all.',
    })
    since: Optional<Instant>,
    @Arg('first', () => Int, {
      defaultValue: maxRevocations,
      description: `How many, 1 to ${maxRevocations}. Fewer in the answer means that there are no more.`,
    })
    first: number,
    @Arg('after', () => ID, {
      nullable: true,
      description: 'Only revocations that became known after the one with this id. Default: from the first.',
    })
    after: Optional<string>,
    @Ctx() scope: OperationScope,
  ): Promise<readonly RecordedRevocation[]> {
    if (first < 1 || first > maxRevocations) {
      throw new InvalidInputError(['first'], `first must be from 1 to ${maxRevocations}.`);
    }
    const range = { since: since ?? null, after: after ?? null, first };
    return this.reader.list(scope, range);
  }

  @Extensions({ price: free })
  @Query(() => DateTimeScalar, {
    description:
      'Revocations before this instant may be missing from revocations. It is when the process began, or last had to forget revocations, or last refused or failed to handle a delivery, which FusionAuth sends once. Needs event:subscribe; users need nothing.',
  })
  revocationsCompleteSince(@Ctx() scope: OperationScope): Promise<Instant> {
    return this.reader.completeSince(scope);
  }
}
