import { Field, ID, InputType } from 'type-graphql';
import { parseApplicationId } from '../../domain/ids.js';
import type { Instant, Session } from '../../domain/session.js';
import {
  byNewest,
  type InstantRange,
  liveSessions,
  type SessionFilter,
  type SessionOrder,
  type SessionState as SessionStateValue,
} from '../../domain/session-query.js';
import { checkDeviceTypes, checkText, type Optional, parseIds } from './arguments.js';
import { DateTimeScalar } from './date-time.scalar.js';
import { OrderDirection, SessionKind, SessionOrderField, SessionState } from './session.enums.js';

@InputType('DateTimeRange', {
  description:
    'A span of time. Leave out an end to keep it open. Nothing is in a span that does not end after its beginning; revokeSessions refuses one.',
})
class DateTimeRangeInput {
  @Field(() => DateTimeScalar, { nullable: true, description: 'At this instant or later.' })
  after?: Instant | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Earlier than this instant.' })
  before?: Instant | null;
}

@InputType('SessionFilter', {
  description:
    'Which sessions to include: those that match every field given. A list matches any of its values, an empty list nothing.',
})
export class SessionFilterInput {
  @Field(() => [ID], {
    nullable: true,
    description: 'Sessions of these applications, at most 100. SSO sessions belong to none.',
  })
  applicationIds?: string[] | null;

  @Field(() => [SessionKind], { nullable: true, description: 'Sessions of these kinds.' })
  kinds?: Session['kind'][] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Sessions on devices of these types, at most 100, without regard to case.',
  })
  deviceTypes?: string[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Sessions last used from exactly this address, in whichever form it is written, at most 64 characters.',
  })
  ipAddress?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Sessions that hold this text in their id, in the name, description or type of their device, or in their address, without regard to case. 1 to 128 characters.',
  })
  text?: string | null;

  @Field(() => [SessionState], {
    defaultValue: [SessionState.ACTIVE],
    description: 'Sessions in these states. By default only those that can still be used.',
  })
  states!: SessionStateValue[];

  @Field(() => DateTimeRangeInput, { nullable: true, description: 'Sessions that began in this span.' })
  createdAt?: DateTimeRangeInput | null;

  @Field(() => DateTimeRangeInput, {
    nullable: true,
    description: 'Sessions last used in this span. Excludes those for which FusionAuth gives no last use.',
  })
  lastAccessedAt?: DateTimeRangeInput | null;
}

@InputType('SessionOrder', { description: 'The order of a list of sessions.' })
export class SessionOrderInput {
  @Field(() => SessionOrderField, {
    defaultValue: SessionOrderField.CREATED_AT,
    description: 'What to order by. Sessions without that instant come last.',
  })
  field!: SessionOrder['field'];

  @Field(() => OrderDirection, {
    defaultValue: OrderDirection.DESC,
    description: 'Default: latest first.',
  })
  direction!: SessionOrder['direction'];
}

/** Longer than any address, one with a zone included. */
const maxAddressLength = 64;
const maxTextLength = 128;

/** @throws InvalidInputError naming the member at fault. */
export function toSessionFilter(
  input: Optional<SessionFilterInput>,
  argument: readonly string[] = ['filter'],
): SessionFilter {
  if (input == null) return liveSessions;
  return {
    applicationIds:
      input.applicationIds == null
        ? null
        : parseIds(input.applicationIds, parseApplicationId, [...argument, 'applicationIds']),
    kinds: input.kinds ?? null,
    deviceTypes: checkDeviceTypes(input.deviceTypes, [...argument, 'deviceTypes']),
    ipAddress: checkText(input.ipAddress, [...argument, 'ipAddress'], maxAddressLength),
    text: checkText(input.text, [...argument, 'text'], maxTextLength),
    states: input.states,
    createdAt: toRange(input.createdAt),
    lastAccessedAt: toRange(input.lastAccessedAt),
  };
}

export function toSessionOrder(input: Optional<SessionOrderInput>): SessionOrder {
  return input ?? byNewest;
}

function toRange(input: Optional<DateTimeRangeInput>): InstantRange | null {
  return input == null ? null : { after: input.after ?? null, before: input.before ?? null };
}
