import { request } from 'undici';
import { z } from 'zod';
import type { EmulatorReady, EmulatorUser } from '../processes/messages.js';

/** Signs a user in through FusionAuth's Login API, as an application does. Answers the id of the new session. */
export async function login(emulator: EmulatorReady, user: EmulatorUser): Promise<string> {
  return (await signIn(emulator, user)).refreshTokenId;
}

/** The same, with the access token. */
export async function signIn({ url, apiKey, applicationIds }: EmulatorReady, user: EmulatorUser) {
  const { statusCode, body } = await request(`${url}/api/login`, {
    method: 'POST',
    headers: { authorization: apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ loginId: user.email, password: 'password', applicationId: applicationIds[0] }),
  });
  const answer = await body.json();
  if (statusCode !== 200) throw new Error(`The login answered ${statusCode}`);
  return loginAnswer.parse(answer);
}

const loginAnswer = z.object({ refreshTokenId: z.string(), token: z.string() });
