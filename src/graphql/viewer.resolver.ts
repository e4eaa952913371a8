import { Ctx, Field, ObjectType, Query, Resolver } from 'type-graphql';
import type { OperationScope } from '../application/operation-scope.js';
import type { Caller } from '../domain/caller.js';
import { CallerKind } from './enums.js';

@ObjectType('Viewer', { description: 'The caller, as the service knows it.' })
export class ViewerType {
  @Field(() => CallerKind, { description: 'What sort of caller it is.' })
  kind!: Caller['kind'];

  @Field(() => String, { description: 'The name of the service key.' })
  name!: string;

  @Field(() => [String], { description: 'What the caller may do, such as `session:read`.' })
  permissions!: readonly string[];
}

@Resolver()
export class ViewerResolver {
  @Query(() => ViewerType, { description: 'Who the service thinks you are, and what you may do.' })
  viewer(@Ctx() { caller }: Pick<OperationScope, 'caller'>): ViewerType {
    return { kind: caller.kind, name: caller.name, permissions: [...caller.permissions] };
  }
}
