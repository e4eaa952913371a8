import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import type { EnforceSessionLimit } from '../application/enforce-session-limit.js';
import type { RevokeSession } from '../application/revoke-session.js';
import { EnforcementResolver } from './enforcement.resolver.js';
import { RevocationResolver } from './revocation.resolver.js';
import { SessionResolver } from './session.resolver.js';
import { UserResolver } from './user.resolver.js';
import { ViewerResolver } from './viewer.resolver.js';

export interface UseCases {
  readonly enforceSessionLimit: EnforceSessionLimit;
  readonly revokeSession: RevokeSession;
}

/** The executable schema, its resolvers bound to the use cases. */
export function createSchema({ enforceSessionLimit, revokeSession }: UseCases): GraphQLSchema {
  const resolvers = new Map<unknown, object>([
    [SessionResolver, new SessionResolver()],
    [UserResolver, new UserResolver()],
    [ViewerResolver, new ViewerResolver()],
    [EnforcementResolver, new EnforcementResolver(enforceSessionLimit)],
    [RevocationResolver, new RevocationResolver(revokeSession)],
  ]);
  return buildSchemaSync({
    resolvers: [SessionResolver, UserResolver, ViewerResolver, EnforcementResolver, RevocationResolver],
    container: { get: (resolver) => resolvers.get(resolver) },
    // Arguments are parsed into ids and domain values by the resolvers themselves.
    validate: false,
  });
}
