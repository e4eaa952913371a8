import { randomUUID } from 'node:crypto';
import { type Dispatcher, request } from 'undici';
import type { EmulatorReady } from '../processes/messages.js';

const name = 'x-webhook-secret';
const value = 'the-secret-of-the-webhook';

/** Variables of a service to which FusionAuth reports. */
export const webhookVariables = { WEBHOOK_HEADER_NAME: name, WEBHOOK_HEADER_VALUE: value } as const;

/** Reports as FusionAuth does that a session of some user was revoked. Answers the status. */
export async function reportRevocation(
  url: string,
  { applicationIds: [applicationId], tenantId }: EmulatorReady,
  sessionId: string,
  dispatcher: Dispatcher,
): Promise<number> {
  const event = {
    type: 'jwt.refresh-token.revoke',
    id: randomUUID(),
    createInstant: Date.now(),
    tenantId,
    userId: randomUUID(),
    applicationId,
    applicationTimeToLiveInSeconds: { [applicationId]: 3_600 },
    refreshToken: { id: sessionId },
  };
  const { statusCode, body } = await request(`${url}/webhooks/fusionauth`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [name]: value },
    body: JSON.stringify({ event }),
    dispatcher,
  });
  await body.dump();
  return statusCode;
}
