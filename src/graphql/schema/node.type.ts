import { Field, ID, InterfaceType } from 'type-graphql';
import type { User } from '../../domain/directory.js';
import type { SessionType } from './session.type.js';

/** What `node` answers: graphql-js reads the type from the object. */
export type Node = (SessionType & { readonly __typename: 'Session' }) | (User & { readonly __typename: 'User' });

@InterfaceType('Node', {
  description: 'What can be asked for again by its id alone, as Relay does: a session or a user.',
  resolveType: ({ __typename }: Node) => __typename,
})
export abstract class NodeType {
  @Field(() => ID, { description: 'A UUID, and the id of one thing only: no session has the id of a user.' })
  readonly id!: string;
}
