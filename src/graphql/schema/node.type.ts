import { Field, ID, InterfaceType } from 'type-graphql';

@InterfaceType('Node', {
  description: 'An object that can be fetched again by its id alone, as Relay does: a session or a user.',
  resolveType: ({ __typename }: { readonly __typename: string }) => __typename,
})
export abstract class NodeType {
  @Field(() => ID, { description: 'A UUID, and the id of one thing only: no session has the id of a user.' })
  readonly id!: string;
}
