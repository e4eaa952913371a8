import { EnforceSessionLimit } from '../application/enforcement/enforce-session-limit.js';
import { AbandonedRevocations } from '../application/events/abandoned-revocations.js';
import { HandleFusionAuthEvent } from '../application/events/handle-fusionauth-event.js';
import { LostRevocations } from '../application/events/lost-revocations.js';
import { ReadRevocations } from '../application/events/read-revocations.js';
import { ReadSessionHistory } from '../application/events/read-session-history.js';
import { SessionEventRecorder } from '../application/events/session-event-recorder.js';
import { UncertainRevocations } from '../application/events/uncertain-revocations.js';
import { ConfirmSessions } from '../application/liveness/confirm-sessions.js';
import { ReadServiceState } from '../application/operation/read-service-state.js';
import { ReadSetUp } from '../application/operation/read-set-up.js';
import { SharedRuns } from '../application/operation/shared-runs.js';
import { ExplainPolicy } from '../application/policy/explain-policy.js';
import type { EndSessionsPorts } from '../application/revocation/ending.js';
import { RevokeSession } from '../application/revocation/revoke-session.js';
import { RevokeSessions } from '../application/revocation/revoke-sessions.js';
import type { DisposalList } from '../disposal-list.js';
import type { FusionAuthEvent } from '../domain/fusionauth-event.js';
import type { PolicyInForce } from '../domain/ports/policy-in-force.js';
import type { Stores } from '../domain/ports/stores.js';
import { laterClock } from '../fusionauth/clock-skew.js';
import type { UseCases } from '../graphql/schema/schema.js';
import { observedLock } from '../observability/observed-lock.js';
import type { Foundation } from './foundation.js';
import type { ConnectedFusionAuth } from './fusionauth.js';
import { createScopes } from './operations.js';
import { createPolicy } from './policy.js';
import { createPolicyTriggers, ofAllTenants, type PolicyTriggering } from './policy-triggers.js';
import type { Counted } from './service-readings.js';
import { createSetUpChecks } from './set-up.js';

/** How long a call of the default rule waits for a session that another call keeps, before it answers PARTIAL. */
const maxHoldWaitMs = 1_000;

/** The use cases behind the GraphQL schema, and those that FusionAuth's events cause. */
export interface AllUseCases extends UseCases {
  readonly policyTriggering: PolicyTriggering;
  readonly handleFusionAuthEvent: HandleFusionAuthEvent;
  readonly onHandleFailure: (error: unknown, event: FusionAuthEvent) => void;
  readonly lostRevocations: LostRevocations;
}

export function createUseCases(
  foundation: Foundation,
  connected: ConnectedFusionAuth,
  {
    stores,
    policies,
    counted,
  }: { readonly stores: Stores; readonly policies: PolicyInForce; readonly counted: Pick<Counted, 'readings'> },
  opened: DisposalList,
): AllUseCases {
  const { config, clock, telemetry } = foundation;
  const { fusionAuth, audit, sessionsOf } = connected;
  const { log, memory, feed, history, claims, userLock } = stores;
  const { maxAccessTokenLifetimeMs } = config.events;
  const recorder = new SessionEventRecorder({ log, telemetry, maxAccessTokenLifetimeMs });
  const uncertain = new UncertainRevocations({ recorder, sessionsOf, telemetry });
  opened.defer(() => uncertain[Symbol.dispose]());
  const abandoned = new AbandonedRevocations({
    claims,
    recorder,
    sessionsOf,
    tenantOf: async (id) => (await fusionAuth.directory.findApplications([id])).get(id)?.tenantId ?? null,
    telemetry,
  });
  opened.defer(() => abandoned[Symbol.asyncDispose]());
  const endings = {
    recorder,
    history,
    uncertain,
    audit,
    clock: laterClock(clock, fusionAuth.skew),
    endingBudgetMs: config.endingBudgetMs,
    telemetry,
  } satisfies EndSessionsPorts;
  const { recentSignInSeconds, commentRequired } = config;
  const demands = { recentSignInSeconds, commentRequired };
  const turns = {
    claims,
    userLock: observedLock(userLock, telemetry),
    maxHoldWaitMs,
    maxTurnWaitMs: config.userLockMaxWaitMs,
  };
  const confirmSessions = new ConfirmSessions({
    memory,
    clock,
    elapsedMs: foundation.elapsedMs,
    turns: stores.confirmationTurns,
    sourceOf: (tenantId) => fusionAuth.tenant(tenantId).during({ calls: 0 }),
    callsPerSecond: config.confirmationsPerSecond,
    onAlive: (session) => policyTriggering.triggers.meet(session),
    telemetry,
  });
  opened.defer(() => confirmSessions[Symbol.dispose]());
  const lostRevocations = new LostRevocations({ memory, clock, maxAccessTokenLifetimeMs, telemetry });
  const onHandleFailure: AllUseCases['onHandleFailure'] = (error, event) => {
    telemetry.eventNotHandled(error, event);
    lostRevocations.eventLost(event, 'failed');
  };
  const enforceSessionLimit = new EnforceSessionLimit({
    ...endings,
    ...turns,
    commentRequired,
    runs: new SharedRuns(config.limits.maxConcurrentOperations),
    endedSessions: memory,
  });
  const createScope = createScopes(foundation, fusionAuth, feed, confirmSessions);
  const enforcerWith = createPolicy(foundation, {
    policies,
    createScope,
    enforceSessionLimit,
    recorder,
    reservations: stores.signInReservations,
  });
  const policyTriggering: PolicyTriggering = createPolicyTriggers(
    foundation,
    { connected, stores, policies, recorder, enforcerWith },
    opened,
  );
  return {
    enforceSessionLimit,
    enforcePolicy: enforcerWith(ofAllTenants(stores.revocationAllowance)),
    policyTriggering,
    explainPolicy: new ExplainPolicy(policies),
    revokeSession: new RevokeSession({ ...endings, ...turns, ...demands }),
    revokeSessions: new RevokeSessions({
      ...endings,
      ...turns,
      ...demands,
      runs: new SharedRuns(config.limits.maxConcurrentOperations),
    }),
    readRevocations: new ReadRevocations(memory),
    readSessionHistory: new ReadSessionHistory(history),
    readSetUp: new ReadSetUp(createSetUpChecks(foundation, connected, stores), clock),
    readServiceState: new ReadServiceState(counted.readings),
    confirmSessions,
    lostRevocations,
    onHandleFailure,
    handleFusionAuthEvent: new HandleFusionAuthEvent({
      recorder,
      sessionsOf,
      tenantId: config.fusionAuth.tenantId,
      deliveryMaxAgeMs: (config.webhook?.maxAgeSeconds ?? 0) * 1_000,
      onFailure: onHandleFailure,
    }),
  };
}
