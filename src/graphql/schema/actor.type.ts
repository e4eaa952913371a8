import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import type { UserId } from '../../domain/ids.js';
import type { Actor } from '../../domain/revocation-cause.js';

const ActorKind = { SERVICE: 'service', USER: 'user' } as const satisfies { [name: string]: Actor['kind'] };
registerEnumType(ActorKind, {
  name: 'ActorKind',
  description: 'The kind of caller that ended a session.',
  valuesConfig: {
    SERVICE: { description: 'A service, known by a service key or by an access token of its own.' },
    USER: { description: 'A person, known by an access token.' },
  },
});

@ObjectType('Actor', { simpleResolvers: true, description: 'The caller on whose behalf a session was ended.' })
export class ActorType implements Actor {
  @Field(() => ActorKind, { description: 'A service or a person.' })
  kind!: Actor['kind'];

  @Field(() => ID, { nullable: true, description: 'The person. Null for a service.' })
  userId!: UserId | null;

  @Field(() => String, { description: 'The name of the service key, or the subject of the access token.' })
  name!: string;
}
