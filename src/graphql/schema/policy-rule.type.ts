import { Field, ObjectType } from 'type-graphql';
import type { PolicyRuleReference } from '../../domain/policy/policy.js';

@ObjectType('PolicyRule', {
  simpleResolvers: true,
  description: 'The rule of a session policy that decided something.',
})
export class PolicyRuleType implements PolicyRuleReference {
  @Field(() => String, { description: 'The name of the rule.' })
  name!: string;

  @Field(() => String, { description: 'The version of the policy: 12 hex digits, another one after each change.' })
  version!: string;
}
