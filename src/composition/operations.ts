import { createAccess } from '../application/authorization/access.js';
import { accessAcrossTenants, isAcrossTenants } from '../application/authorization/across-tenants.js';
import type { ConfirmSessions } from '../application/liveness/confirm-sessions.js';
import { OperationMemory } from '../application/operation/operation-memory.js';
import { Work, workLimitsFor } from '../application/operation/work.js';
import { AccessTokenAuthenticator } from '../auth/access-tokens.js';
import { Authenticator } from '../auth/authenticator.js';
import { ClientAuthenticator } from '../auth/client-authenticator.js';
import type { ServiceKeyAuthenticator } from '../auth/service-keys.js';
import { chooseTenant } from '../auth/tenant-choice.js';
import type { RevocationMemory } from '../domain/ports/revocation-memory.js';
import type { SessionEventFeed } from '../domain/ports/session-event-feed.js';
import type { Spending } from '../domain/ports/spending.js';
import { clockOfFusionAuth } from '../fusionauth/clock-skew.js';
import type { FusionAuth } from '../fusionauth/fusionauth.js';
import type { FusionAuthPorts } from '../fusionauth/operation-ports.js';
import { createReads } from '../graphql/engine/loaders.js';
import type { CreateScope, RecognitionOptions } from '../http/recognise-caller.js';
import type { Foundation } from './foundation.js';
import { createRefusalLimit } from './refusal-limit.js';

/** How callers are recognised: by what GraphQL clients send, and by what OAuth clients do. */
export function createRecognition(
  foundation: Foundation,
  serviceKeys: ServiceKeyAuthenticator,
  memory: RevocationMemory,
  spending: Spending,
): { readonly graphQL: RecognitionOptions; readonly oauth: RecognitionOptions } {
  const { config, fusionAuthUrl, clock, telemetry, keyFetchTimeoutMs } = foundation;
  const { accessTokens, fusionAuth } = config;
  const authenticator = new Authenticator(
    serviceKeys,
    accessTokens === null
      ? null
      : new AccessTokenAuthenticator(fusionAuthUrl, { ...accessTokens, keyFetchTimeoutMs }, clock),
    (token) => memory.covers(token),
  );
  const graphQL: RecognitionOptions = {
    authenticate: (authorization) => authenticator.authenticate(authorization),
    recogniseConsole: null,
    telemetry,
    guesses: createRefusalLimit(foundation),
    chooseTenant: (caller, header) => chooseTenant(caller, header, fusionAuth.tenantId),
    spending,
  };
  const clients = new ClientAuthenticator(serviceKeys, authenticator);
  const oauth: RecognitionOptions = {
    ...graphQL,
    authenticate: (authorization) => clients.authenticate(authorization),
    // OAuth clients send no such header: the token that they present says in which tenant it is.
    chooseTenant: (caller, header) =>
      header === undefined ? anyTenant : chooseTenant(caller, header, fusionAuth.tenantId),
  };
  return { graphQL, oauth };
}

const anyTenant = { ok: true, tenantId: null, tenantIds: null, isCallersWord: false } as const;

/** Gives each operation a scope of its own: its access to FusionAuth, its loaders and its limits. */
export function createScopes(
  { config, clock }: Foundation,
  fusionAuth: FusionAuth,
  events: SessionEventFeed,
  confirmSessions: Pick<ConfirmSessions, 'observing'>,
): CreateScope {
  const fusionAuthClock = clockOfFusionAuth(clock, fusionAuth.skew);
  return ({ caller, tenantId, tenantIsCallersWord, clientAddress, requestId, time }) => {
    const upstream = {
      calls: 0,
      ...(caller.kind === 'user' && { user: caller.name }),
      tenantIsCallersWord,
    };
    const operation = fusionAuth.tenant(tenantId).during(upstream);
    const readable = operation.until(time.signal);
    const accessTo = (ports: FusionAuthPorts) =>
      isAcrossTenants({ caller, tenantId })
        ? accessAcrossTenants
        : createAccess(caller, ports, (sessions) => confirmSessions.observing(sessions));
    const work = new Work(workLimitsFor(caller, config.limits));
    return {
      caller,
      tenantId,
      clientAddress,
      requestId,
      clock: fusionAuthClock,
      time,
      access: accessTo(operation),
      reads: createReads(accessTo(readable), () => readable.directory, work),
      memory: new OperationMemory(),
      events,
      work,
      upstream,
    };
  };
}
