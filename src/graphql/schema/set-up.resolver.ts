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
  description: 'The result of one check of the set-up.',
  valuesConfig: {
    OK: { description: 'As it should be.' },
    WARNING: { description: 'It works less well or less safely than it could.' },
    PROBLEM: { description: 'Something does not work until it is mended.' },
    NOT_CHECKED: { description: 'The check could not be made; the message says why.' },
  },
});

@ObjectType('SetUpFinding', { simpleResolvers: true, description: 'The result of one check of the set-up.' })
class SetUpFindingType implements SetUpFinding {
  @Field(() => String, {
    description:
      'The name of the check, such as `refresh-tokens`, as the guide of `doctor` explains it. New checks may be added.',
  })
  check!: string;

  @Field(() => SetUpFindingState, { description: 'The result of the check.' })
  state!: FindingState;

  @Field(() => String, {
    description: 'One line in English: what was found and, unless all is well, what to do. Holds no secret.',
  })
  message!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'The tenant of FusionAuth that the finding is about. Null when it is about none in particular.',
  })
  tenantId!: TenantId | null;
}

@ObjectType('SetUpReport', { simpleResolvers: true, description: 'The findings of the checks of the set-up.' })
class SetUpReportType implements SetUpReport {
  @Field(() => DateTimeScalar, { description: 'When the checks were made.' })
  checkedAt!: Instant;

  @Field(() => [SetUpFindingType], {
    description: 'The findings in the order of the checks, the worst of each check first; at most 51 for each check.',
  })
  findings!: readonly SetUpFinding[];
}

/** One set of checks serves every alias. */
const oneLook: Price = (calls, _args, owners) => {
  calls.setUp(callsOfLook);
  return owners;
};

@Resolver()
export class SetUpResolver {
  constructor(private readonly setUp: ReadSetUp) {}

  @Extensions({ price: oneLook })
  @Query(() => SetUpReportType, {
    description: `The findings of \`fusionauth-sessions doctor\` about FusionAuth, the configuration and the database, with what to do. The service checks at most every ${maxSetUpAgeMs / 1_000} seconds, for up to 15 seconds, and repeats the last findings in between. Needs setup:read, and a caller that is not bound to applications: \`FORBIDDEN\` otherwise. Findings about tenants beyond the caller's bounds are left out.`,
  })
  setUpReport(@Ctx() scope: OperationScope): Promise<SetUpReport> {
    return this.setUp.read(scope);
  }
}
