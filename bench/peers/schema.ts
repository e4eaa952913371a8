import type { FusionAuthClient } from '@fusionauth/typescript-client';
import { GraphQLDateTime } from 'graphql-scalars';
import { type SessionJson, toSession } from './sessions.js';
import type { ExpiryOf } from './settings.js';

/** The part of the service's schema that the measured queries use. */
export const typeDefs = `#graphql
  scalar DateTime
  enum SessionKind { APPLICATION SSO }
  enum SessionState { ACTIVE EXPIRED }
  type SessionDevice { name: String description: String type: String }
  type Application { id: ID! name: String }
  type User { id: ID! email: String sessions: [Session!]! }
  type Session {
    id: ID!
    userId: ID!
    applicationId: ID
    kind: SessionKind!
    state: SessionState!
    createdAt: DateTime!
    lastAccessedAt: DateTime
    expiresAt: DateTime
    isCurrent: Boolean
    device: SessionDevice!
    ipAddress: String
    scopes: [String!]!
    user: User
    application: Application
  }
  type Query {
    sessions(userId: ID!): [Session!]!
    users(ids: [ID!]!): [User]!
  }
`;

/** Resolvers as one writes them first: each asks the official client for what it needs. */
export function resolversOn(client: FusionAuthClient, expiryOf: ExpiryOf) {
  const sessionsOf = async (userId: string) => {
    const { response } = await client.retrieveRefreshTokens(userId);
    return (response.refreshTokens ?? []).map((token) => toSession(token, expiryOf, (instant) => new Date(instant)));
  };
  const userOf = async (id: string) => (await client.retrieveUser(id)).response.user ?? null;
  return {
    DateTime: GraphQLDateTime,
    Query: {
      sessions: (_: unknown, { userId }: { userId: string }) => sessionsOf(userId),
      users: (_: unknown, { ids }: { ids: string[] }) => Promise.all(ids.map(userOf)),
    },
    User: { sessions: ({ id }: { id: string }) => sessionsOf(id) },
    Session: {
      user: ({ userId }: SessionJson) => (userId === undefined ? null : userOf(userId)),
      application: async ({ applicationId }: SessionJson) =>
        applicationId === null
          ? null
          : ((await client.retrieveApplication(applicationId)).response.application ?? null),
    },
  };
}
