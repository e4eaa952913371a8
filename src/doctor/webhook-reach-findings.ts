import { randomUUID } from 'node:crypto';
import { certificateFault } from '../fusionauth/certificate-fault.js';
import type { FusionAuthSetUp } from '../fusionauth/set-up.js';
import type { ExaminedService } from './examined-service.js';
import { type Found, notChecked, ok, problem, warning } from './found.js';
import { tried } from './public-findings.js';
import { ownWebhooks, urlOf } from './webhook-findings.js';

/** Webhooks that are tried. */
const maxTried = 5;

const byHand = 'To see what FusionAuth itself gets, press Test for the webhook under Settings > Webhooks.';

/**
 * Whether the URL of the webhook leads to a service that asks who delivers. FusionAuth has no call that sends its test
 * event, so this machine sends one, without credentials: they may be meant for somebody else at that URL.
 * @see https://fusionauth.io/docs/extend/events-and-webhooks/ (the test is on the admin pages only)
 */
export async function webhookReachFindings(
  { webhooks }: FusionAuthSetUp,
  { config, clock }: ExaminedService,
  signal: AbortSignal,
): Promise<readonly Found[]> {
  if (config.webhook === null) return [];
  if (!webhooks.isRead) return [notChecked(`The webhook was not tried, because ${webhooks.why}. ${byHand}`)];
  const body = JSON.stringify({ event: { type: 'test', id: randomUUID(), createInstant: clock.now() } });
  return Promise.all(
    ownWebhooks(webhooks.value)
      .slice(0, maxTried)
      .map(async (webhook) => {
        const url = urlOf(webhook);
        const headers = { 'content-type': 'application/json' };
        const answer = await tried(() =>
          fetch(webhook.url, { method: 'POST', redirect: 'manual', headers, body, signal }),
        );
        if (!(answer instanceof Response)) {
          const fault = certificateFault(answer.code);
          // FusionAuth has authorities of its own.
          if (fault !== null) return warning(`${url}, seen from here: ${fault} ${byHand}`);
          const message = `Nothing answers at ${url} from here (${answer.code}): start the service, or check the name. ${byHand}`;
          return warning(message);
        }
        await answer.body?.cancel();
        return judged(answer.status, url);
      }),
  );
}

function judged(status: number, url: string): Found {
  switch (status) {
    case 401:
      return ok(`The service answers at ${url}, and refuses an event that FusionAuth has not sent. ${byHand}`);
    case 404:
      return problem(
        `${url} answers 404: the service there takes no events, or the path is another one. Check BASE_PATH and the proxy.`,
      );
    case 200:
      return problem(
        `${url} takes an event that nobody has signed (200): it is not this service, or one without these settings. Check the URL of the webhook.`,
      );
    default:
      return problem(`${url} answers ${status} to an event, and must answer 401 to a stranger. Check the proxy.`);
  }
}
