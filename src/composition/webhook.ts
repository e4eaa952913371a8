import type { FusionAuth } from '../fusionauth/fusionauth.js';
import type { WebhookRouteOptions } from '../http/webhook-route.js';
import { WebhookReceiver } from '../webhook/webhook-receiver.js';
import type { Foundation } from './foundation.js';
import { createRefusalLimit } from './refusal-limit.js';
import type { AllUseCases } from './use-cases.js';

/** Short, because FusionAuth may hold a transaction open while it waits for our answer. */
const keyFetchTimeoutMs = 1_000;

/** How FusionAuth's events are taken; null where they are not. */
export function createWebhook(
  foundation: Foundation,
  { skew }: FusionAuth,
  { handleFusionAuthEvent, onHandleFailure, confirmSessions, lostRevocations }: AllUseCases,
): WebhookRouteOptions | null {
  const { secrets, fusionAuthUrl, clock } = foundation;
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
      return handleFusionAuthEvent.execute(event);
    },
    onHandleFailure,
    onLost: (event, cause) =>
      event === null ? lostRevocations.deliveryLost(cause) : lostRevocations.eventLost(event, cause),
  });
  // A count of its own: what others at the same address do must not keep FusionAuth's events out.
  return { ...webhook, receiver, refusals: createRefusalLimit(foundation) };
}
