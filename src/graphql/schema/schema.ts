import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import type { EnforceSessionLimit } from '../../application/enforcement/enforce-session-limit.js';
import type { ReadRevocations } from '../../application/events/read-revocations.js';
import type { ReadSessionHistory } from '../../application/events/read-session-history.js';
import type { ConfirmSessions } from '../../application/liveness/confirm-sessions.js';
import type { ReadServiceState } from '../../application/operation/read-service-state.js';
import type { ReadSetUp } from '../../application/operation/read-set-up.js';
import type { EnforcePolicy } from '../../application/policy/enforce-policy.js';
import type { ExplainPolicy } from '../../application/policy/explain-policy.js';
import type { RevokeSession } from '../../application/revocation/revoke-session.js';
import type { RevokeSessions } from '../../application/revocation/revoke-sessions.js';
import { EnforcementResolver } from './enforcement.resolver.js';
import { NodeResolver } from './node.resolver.js';
import { ApplicationResolver, PeopleResolver, RegistrationResolver, SignInResolver } from './people.resolver.js';
import { PolicyEnforcementResolver } from './policy-enforcement.resolver.js';
import { RevocationResolver } from './revocation.resolver.js';
import { RevocationLogResolver } from './revocation-log.resolver.js';
import { ServiceStateResolver } from './service-state.resolver.js';
import { SessionResolver } from './session.resolver.js';
import { SessionConfirmationResolver } from './session-confirmation.resolver.js';
import { SessionEventResolver } from './session-event.resolver.js';
import { SessionHistoryResolver } from './session-history.resolver.js';
import { SessionPolicyResolver } from './session-policy.resolver.js';
import { SetUpResolver } from './set-up.resolver.js';
import { UserResolver } from './user.resolver.js';
import { type ShownSettings, ViewerResolver } from './viewer.resolver.js';

export interface UseCases {
  readonly enforceSessionLimit: EnforceSessionLimit;
  readonly revokeSession: RevokeSession;
  readonly revokeSessions: RevokeSessions;
  readonly readRevocations: ReadRevocations;
  readonly readSessionHistory: ReadSessionHistory;
  readonly confirmSessions: ConfirmSessions;
  readonly enforcePolicy: EnforcePolicy;
  readonly explainPolicy: ExplainPolicy;
  readonly readSetUp: ReadSetUp;
  readonly readServiceState: ReadServiceState;
}

const description = `Sessions of FusionAuth users: list them, limit how many live at once, and end them.

A session is a refresh token of FusionAuth, known by its id. Ids are UUIDs, instants RFC 3339 in UTC. Every caller needs a service key or an access token, as \`Authorization: Bearer <credentials>\`.`;

/** The executable schema, its resolvers bound to the use cases. */
export function createSchema(useCases: UseCases, settings: ShownSettings): GraphQLSchema {
  const resolvers = new Map<unknown, object>([
    [SessionResolver, new SessionResolver()],
    [UserResolver, new UserResolver()],
    [NodeResolver, new NodeResolver()],
    [PeopleResolver, new PeopleResolver()],
    [ApplicationResolver, new ApplicationResolver()],
    [RegistrationResolver, new RegistrationResolver()],
    [SignInResolver, new SignInResolver()],
    [SessionPolicyResolver, new SessionPolicyResolver(useCases.explainPolicy)],
    [PolicyEnforcementResolver, new PolicyEnforcementResolver(useCases.enforcePolicy)],
    [ViewerResolver, new ViewerResolver(settings)],
    [EnforcementResolver, new EnforcementResolver(useCases.enforceSessionLimit)],
    [RevocationResolver, new RevocationResolver(useCases.revokeSession, useCases.revokeSessions)],
    [SessionConfirmationResolver, new SessionConfirmationResolver(useCases.confirmSessions)],
    [RevocationLogResolver, new RevocationLogResolver(useCases.readRevocations)],
    [SessionEventResolver, new SessionEventResolver()],
    [SessionHistoryResolver, new SessionHistoryResolver(useCases.readSessionHistory)],
    [SetUpResolver, new SetUpResolver(useCases.readSetUp)],
    [ServiceStateResolver, new ServiceStateResolver(useCases.readServiceState)],
  ]);
  const schema = buildSchemaSync({
    resolvers: [
      SessionResolver,
      UserResolver,
      NodeResolver,
      PeopleResolver,
      ApplicationResolver,
      RegistrationResolver,
      SignInResolver,
      SessionPolicyResolver,
      PolicyEnforcementResolver,
      ViewerResolver,
      EnforcementResolver,
      RevocationResolver,
      SessionConfirmationResolver,
      RevocationLogResolver,
      SessionEventResolver,
      SessionHistoryResolver,
      SetUpResolver,
      ServiceStateResolver,
    ],
    container: { get: (resolver) => resolvers.get(resolver) },
    // type-graphql demands a pubSub once the schema has a subscription; ours read the SessionEventFeed, so it is never used.
    pubSub: { publish: () => undefined, subscribe: () => noEvents() },
    // Arguments are parsed into ids and domain values by the resolvers themselves.
    validate: false,
    // type-graphql would introspect the schema at each start, which takes a tenth of the start. Apollo Server validates
    // the schema, and a test introspects it.
    skipCheck: true,
  });
  // type-graphql has no option for the description of a schema.
  schema.description = description;
  return schema;
}

async function* noEvents(): AsyncGenerator<never> {}
