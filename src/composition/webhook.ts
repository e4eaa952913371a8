import type { FusionAuth } from '../fusionauth/fusionauth.js';
import type { WebhookRouteOptions } from '../http/webhook-route.js';
import { WebhookReceiver } from '../webhook/webhook-receiver.js';
import type { Foundation } from './foundation.js';
import type { AllUseCases } from './use-cases.js';

/** Short, because FusionAuth may hold a transaction open while it waits for our answer. */
const keyFetchTimeoutMs = 1_000;

/** How FusionAuth's events are taken; null where they are not. */
export function createWebhook(
  { config: { webhook }, secrets, fusionAuthUrl, clock }: Foundation,
  { skew }: FusionAuth,
  { handleFusionAuthEvent, onHandleFailure, confirmSessions, lostRevocations }: AllUseCases,
): WebhookRouteOptions | null {
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
  return { ...webhook, receiver };
}
