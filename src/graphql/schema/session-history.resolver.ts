import { Arg, Ctx, Extensions, ID, Int, Query, Resolver } from 'type-graphql';
import { mayShowDetails } from '../../application/authorization/session-details.js';
import type { ReadSessionHistory } from '../../application/events/read-session-history.js';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import { InvalidInputError } from '../../domain/errors.js';
import { parseApplicationId, parseSessionId, parseUserId } from '../../domain/ids.js';
import type { HistoryFilter } from '../../domain/ports/session-history.js';
import { storableText } from '../../domain/storable-text.js';
import { checkText, type Optional, parseOptionalId } from './arguments.js';
import { free } from './price.js';
import { SessionHistoryFilter, SessionHistoryType, toHistoryEntryType } from './session-history.type.js';

const defaultEntries = 50;
const maxEntries = 500;

@Resolver()
export class SessionHistoryResolver {
  constructor(private readonly history: ReadSessionHistory) {}

  @Extensions({ price: free })
  @Query(() => SessionHistoryType, {
    description:
      'Who ended which session, when, why and with which outcome, newest first: revocations through this service, including failed ones, and ends of single sessions that FusionAuth reported. Needs audit:read.',
  })
  async sessionHistory(
    @Arg('filter', () => SessionHistoryFilter, { nullable: true, description: 'Default: every entry.' })
    filter: Optional<SessionHistoryFilter>,
    @Arg('first', () => Int, { defaultValue: defaultEntries, description: `How many, 1 to ${maxEntries}.` })
    first: number,
    @Arg('after', () => ID, {
      nullable: true,
      description: 'Only entries older than the one with this id. Default: from the newest.',
    })
    after: Optional<string>,
    @Ctx() scope: OperationScope,
  ): Promise<SessionHistoryType> {
    if (first < 1 || first > maxEntries) {
      throw new InvalidInputError(['first'], `first must be from 1 to ${maxEntries}.`);
    }
    const { entries, hasMore, keptSince } = await this.history.page(scope, toFilter(filter), first, after ?? null);
    const showsDetails = mayShowDetails(scope.caller);
    return { entries: entries.map((entry) => toHistoryEntryType(entry, { showsDetails })), hasMore, keptSince };
  }
}

function toFilter(filter: Optional<SessionHistoryFilter>): HistoryFilter {
  return {
    userId: parseOptionalId(filter?.userId, parseUserId, ['filter', 'userId']),
    sessionId: parseOptionalId(filter?.sessionId, parseSessionId, ['filter', 'sessionId']),
    applicationId: parseOptionalId(filter?.applicationId, parseApplicationId, ['filter', 'applicationId']),
    actorName: textOf(filter?.actorName, ['filter', 'actorName']),
    actorUserId: parseOptionalId(filter?.actorUserId, parseUserId, ['filter', 'actorUserId']),
    requestId: textOf(filter?.requestId, ['filter', 'requestId']),
    reason: filter?.reason ?? null,
    outcome: filter?.outcome ?? null,
    since: filter?.since ?? null,
    until: filter?.until ?? null,
  };
}

const maxTextLength = 256;

/**
 * A text to filter by, made storable as recorded texts are. A text longer than any recorded one is refused as a
 * mistake.
 */
function textOf(text: Optional<string>, argument: readonly string[]): string | null {
  const checked = checkText(text, argument, maxTextLength);
  return checked === null ? null : storableText(checked);
}
