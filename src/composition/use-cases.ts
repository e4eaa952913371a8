import { EnforceSessionLimit } from '../application/enforcement/enforce-session-limit.js';
import { AbandonedRevocations } from '../application/events/abandoned-revocations.js';
import { HandleFusionAuthEvent } from '../application/events/handle-fusionauth-event.js';
import { LostRevocations } from '../application/events/lost-revocations.js';
import { ReadRevocations } from '../application/events/read-revocations.js';
import { ReadSessionHistory } from '../application/events/read-session-history.js';
import { SessionEventRecorder } from '../application/events/session-event-recorder.js';
import { UncertainRevocations } from '../application/events/uncertain-revocations.js';
import { ConfirmSessions } from '../application/liveness/confirm-sessions.js';
import type { ConfirmSessionsPorts } from '../application/liveness/confirmation.js';
import { ReadServiceState } from '../application/operation/read-service-state.js';
import { ReadSetUp } from '../application/operation/read-set-up.js';
import { SharedRuns } from '../application/operation/shared-runs.js';
import { ExplainPolicy } from '../application/policy/explain-policy.js';
import type { EndSessionsPorts } from '../application/revocation/ending.js';
import { RevokeSession } from '../application/revocation/revoke-session.js';
import { RevokeSessions } from '../application/revocation/revoke-sessions.js';
import type { DisposalList } from '../disposal-list.js';
import { StoreUnavailableError } from '../domain/errors.js';
import type { FusionAuthEvent } from '../domain/fusionauth-event.js';
import type { PolicyInForce } from '../domain/ports/policy-in-force.js';
import type { Stores } from '../domain/ports/stores.js';
import { laterClock } from '../fusionauth/clock-skew.js';
import type { UseCases } from '../graphql/schema/schema.js';
import type { CreateScope } from '../http/recognise-caller.js';
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
  /** Gives each operation of a caller a scope of its own. */
  readonly createScope: CreateScope;
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
  const { memory, feed, history } = stores;
  const { maxAccessTokenLifetimeMs } = config.events;
  const lostRevocations = new LostRevocations({ memory, clock, maxAccessTokenLifetimeMs, telemetry });
  const endings = createEndings(foundation, connected, { ...stores, lostRevocations }, opened);
  const { recorder } = endings;
  const turns = turnsOf(foundation, stores);
  const { recentSignInSeconds, commentRequired } = config;
  const demands = { recentSignInSeconds, commentRequired };
  const enforceSessionLimit = new EnforceSessionLimit({
    ...endings,
    ...turns,
    runs: new SharedRuns(config.limits.maxConcurrentOperations),
    commentRequired,
    endedSessions: memory,
  });
  const onAlive: OnAlive = (session) => policyTriggering.triggers.meet(session);
  const confirmSessions = createConfirmSessions(foundation, connected, stores, onAlive);
  opened.defer(() => confirmSessions[Symbol.dispose]());
  const createScope = createScopes(foundation, connected.fusionAuth, feed, confirmSessions);
  const reservations = stores.signInReservations;
  const policyParts = { policies, createScope, enforceSessionLimit, recorder, reservations };
  const enforcerWith = createPolicy(foundation, policyParts);
  const triggerParts = { connected, stores, policies, recorder, enforcerWith };
  const policyTriggering: PolicyTriggering = createPolicyTriggers(foundation, triggerParts, opened);
  return {
    createScope,
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
    ...createEventHandling(foundation, connected, lostRevocations, recorder),
  };
}

/** The parts with which sessions are ended, and those that follow up revocations whose outcome is not known. */
function createEndings(
  { config, clock, telemetry }: Foundation,
  { fusionAuth, audit, sessionsOf }: ConnectedFusionAuth,
  {
    log,
    history,
    claims,
    lostRevocations,
  }: Pick<Stores, 'log' | 'history' | 'claims'> & Pick<AllUseCases, 'lostRevocations'>,
  opened: DisposalList,
) {
  const { maxAccessTokenLifetimeMs } = config.events;
  const recorder = new SessionEventRecorder({ log, telemetry, maxAccessTokenLifetimeMs });
  const onForgotten = () => lostRevocations.lost('unanswered');
  const uncertain = new UncertainRevocations({ recorder, sessionsOf, telemetry, onForgotten });
  opened.defer(() => uncertain[Symbol.dispose]());
  const abandoned = new AbandonedRevocations({
    claims,
    recorder,
    sessionsOf,
    tenantOf: async (id) => (await fusionAuth.directory.findApplications([id])).get(id)?.tenantId ?? null,
    telemetry,
  });
  opened.defer(() => abandoned[Symbol.asyncDispose]());
  return {
    recorder,
    history,
    uncertain,
    audit,
    clock: laterClock(clock, fusionAuth.skew),
    endingBudgetMs: config.endingBudgetMs,
    telemetry,
  } satisfies EndSessionsPorts;
}

/** The parts by which operations on the sessions of one user keep out of each other's way. */
function turnsOf({ config, telemetry }: Foundation, { claims, userLock }: Stores) {
  return {
    claims,
    userLock: observedLock(userLock, telemetry),
    maxHoldWaitMs,
    maxTurnWaitMs: config.userLockMaxWaitMs,
  };
}

type OnAlive = NonNullable<ConfirmSessionsPorts['onAlive']>;

/** @param onAlive Given each session that was found alive. */
function createConfirmSessions(
  { config, clock, elapsedMs, telemetry }: Foundation,
  { fusionAuth }: ConnectedFusionAuth,
  { memory, confirmationTurns: turns }: Stores,
  onAlive: OnAlive,
): ConfirmSessions {
  return new ConfirmSessions({
    memory,
    clock,
    elapsedMs,
    turns,
    sourceOf: (tenantId) => {
      // No caller that names a missing tenant, nor a key that is bound to one, is to look like an outage.
      const tenantIsCallersWord = tenantId !== null && tenantId !== config.fusionAuth.tenantId;
      return fusionAuth.tenant(tenantId).during({ calls: 0, tenantIsCallersWord });
    },
    callsPerSecond: config.confirmationsPerSecond,
    onAlive,
    telemetry,
  });
}

/** The handling of events of FusionAuth, and of those that are lost. */
function createEventHandling(
  { config, telemetry }: Foundation,
  { sessionsOf }: ConnectedFusionAuth,
  lostRevocations: LostRevocations,
  recorder: SessionEventRecorder,
): Pick<AllUseCases, 'handleFusionAuthEvent' | 'onHandleFailure'> {
  const onHandleFailure = (error: unknown, event: FusionAuthEvent) => {
    telemetry.eventNotHandled(error, event);
    lostRevocations.eventLost(event, 'failed', error instanceof StoreUnavailableError);
  };
  const handleFusionAuthEvent = new HandleFusionAuthEvent({
    recorder,
    sessionsOf,
    tenantId: config.fusionAuth.tenantId,
    deliveryMaxAgeMs: (config.webhook?.maxAgeSeconds ?? 0) * 1_000,
    onFailure: onHandleFailure,
  });
  return { handleFusionAuthEvent, onHandleFailure };
}
