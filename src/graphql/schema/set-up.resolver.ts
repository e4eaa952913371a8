import { Ctx, Extensions, Field, ID, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import { callsOfLook, maxSetUpAgeMs, type ReadSetUp } from '../../application/operation/read-set-up.js';
import type { TenantId } from '../../domain/ids.js';
import type { Instant } from '../../domain/session.js';
import type { FindingState, SetUpFinding, SetUpReport } from '../../domain/set-up-finding.js';
import { DateTimeScalar } from './date-time.scalar.js';
import { namesFor } from './enum-names.js';
import type { Price } from './price.js';

const SetUpFindingState = namesFor<FindingState>()({
  OK: 'ok',
  WARNING: 'warning',
  PROBLEM: 'problem',
  NOT_CHECKED: 'notChecked',
});
registerEnumType(SetUpFindingState, {
  name: 'SetUpFindingState',
  description: 'How one thing of the set-up is.',
  valuesConfig: {
    OK: { description: 'As it should be.' },
    WARNING: { description: 'It works, and less well or less safely than it could.' },
    PROBLEM: { description: 'Something does not work until it is mended.' },
    NOT_CHECKED: { description: 'Nobody can tell; the message says why.' },
  },
});

@ObjectType('SetUpFinding', { simpleResolvers: true, description: 'One thing that was looked at.' })
class SetUpFindingType implements SetUpFinding {
  @Field(() => String, {
    description:
      'What was looked at, such as `refresh-tokens`: a word of the guide of `doctor`. New ones may be added.',
  })
  check!: string;

  @Field(() => SetUpFindingState, { description: 'How it is.' })
  state!: FindingState;

  @Field(() => String, {
    description: 'One line in English: what was found and, unless all is well, what to do. Holds no secret.',
  })
  message!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'The tenant of FusionAuth that it is about. Null for none in particular.',
  })
  tenantId!: TenantId | null;
}

@ObjectType('SetUpReport', { simpleResolvers: true, description: 'What a look at the set-up found.' })
class SetUpReportType implements SetUpReport {
  @Field(() => DateTimeScalar, { description: 'When it was looked at.' })
  checkedAt!: Instant;

  @Field(() => [SetUpFindingType], {
    description: 'In the order of the checks, of each the worst first; at most 51 for each check.',
  })
  findings!: readonly SetUpFinding[];
}

/** One look serves every alias. */
const oneLook: Price = (calls, _args, owners) => {
  calls.setUp(callsOfLook);
  return owners;
};

@Resolver()
export class SetUpResolver {
  constructor(private readonly setUp: ReadSetUp) {}

  @Extensions({ price: oneLook })
  @Query(() => SetUpReportType, {
    description: `What \`fusionauth-sessions doctor\` finds wrong with FusionAuth, the configuration and the database, and what to do. Looks at most every ${maxSetUpAgeMs / 1_000} seconds, which takes up to 15 seconds, and answers what was found last in between. Needs setup:read, and a caller that is not bound to applications: \`FORBIDDEN\` otherwise. What is about tenants beyond the caller's bounds is left out.`,
  })
  setUpReport(@Ctx() scope: OperationScope): Promise<SetUpReport> {
    return this.setUp.read(scope);
  }
}
