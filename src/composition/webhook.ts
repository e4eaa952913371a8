import type { DisposalList } from '../disposal-list.js';
import type { FusionAuthEvent, Handled } from '../domain/fusionauth-event.js';
import { settlesWithin } from '../domain/within.js';
import type { FusionAuth } from '../fusionauth/fusionauth.js';
import type { SeenDeliveries } from '../http/seen-deliveries.js';
import type { WebhookRouteOptions } from '../http/webhook-route.js';
import { WebhookReceiver } from '../webhook/webhook-receiver.js';
import type { Foundation } from './foundation.js';
import { createRefusalLimit } from './refusal-limit.js';
import type { AllUseCases } from './use-cases.js';

/** Short, because FusionAuth may hold a transaction open while it waits for our answer. */
const keyFetchTimeoutMs = 1_000;

/** How long FusionAuth waits until a sign-in is published that it may go on with, in milliseconds. */
const maxPublishingMs = 100;

/** The receiver of FusionAuth's events; null where none is configured. */
export function createWebhook(
  foundation: Foundation,
  { skew }: FusionAuth,
  useCases: AllUseCases,
  seen: SeenDeliveries,
  opened: DisposalList,
): WebhookRouteOptions | null {
  const { secrets, fusionAuthUrl, clock, telemetry } = foundation;
  const { onHandleFailure, confirmSessions, lostRevocations } = useCases;
  const { webhook } = foundation.config;
  if (webhook === null) return null;
  const receiver = new WebhookReceiver({
    ...webhook,
    secrets: secrets.webhook,
    fusionAuthUrl,
    keyFetchTimeoutMs,
    clock,
    handle: (event) => {
      skew.observeEvent(event.occurredAt);
      confirmSessions.observeEvent(event);
      return handleWithPolicy(event, useCases);
    },
    onHandleFailure,
    onLost: (event, cause) => (event === null ? lostRevocations.lost(cause) : lostRevocations.eventLost(event, cause)),
  });
  const keys = receiver.begin((cause) => telemetry.signingKeysUnavailable(cause, null));
  opened.defer(() => keys?.[Symbol.dispose]());
  // A count of its own: refused requests of others at the same address must not keep FusionAuth's events out.
  return { ...webhook, receiver, seen, refusals: createRefusalLimit(foundation) };
}

/** The policy decides first: nothing else is published about a sign-in that it refuses. */
async function handleWithPolicy(
  event: FusionAuthEvent,
  { handleFusionAuthEvent, onHandleFailure, policyTriggering: { admission, triggers } }: AllUseCases,
): Promise<Handled> {
  const admitted = event.kind === 'userSignedIn' ? await admission.execute(event) : 'notAsked';
  if (admitted === 'denied') return 'denied';
  const handling = Promise.all([handleFusionAuthEvent.execute(event), triggers.observeEvent(event)]);
  if (admitted === 'notAsked') return (await handling)[0];
  // FusionAuth keeps the user out on any answer but a good one, although the policy has let the user in.
  const reported = handling.then(
    () => undefined,
    (error: unknown) => onHandleFailure(error, event),
  );
  await settlesWithin(reported, maxPublishingMs);
  return 'published';
}
