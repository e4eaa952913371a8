import { createSessionsClient } from '../../../src/client/client.js';
import { fetchGuard } from '../../../src/guard/fetch.js';
import { createGuard } from '../../../src/guard/guard.js';

export interface Given {
  readonly serviceUrl: string;
  readonly fusionAuthUrl: string;
  readonly audience: string;
  readonly guardKey: string;
  readonly clientKey: string;
  readonly userId: string;
  readonly token: string;
}

/** A handler of fetch, as a platform calls it that has nothing but what the web has. @param say Sends a line to the test. */
export async function start(given: Given, say: (line: string) => void): Promise<{ revoked(): Promise<void> }> {
  const { serviceUrl, fusionAuthUrl, audience, guardKey, clientKey, userId, token } = given;
  const guard = createGuard({
    serviceUrl,
    serviceKey: guardKey,
    accessTokens: { fusionAuthUrl, issuer: 'acme.com', audience },
    whenFeedIsDown: 'refuse',
  });
  await guard.ready();
  const handle = fetchGuard(guard, (_request, accepted) => new Response(accepted.userId));
  const answer = async () => {
    const response = await handle(
      new Request('https://shop.example/', { headers: { authorization: `Bearer ${token}` } }),
    );
    return `${response.status} ${await response.text()}`;
  };
  say(await answer());
  return {
    async revoked() {
      while ((await answer()).startsWith('200')) await new Promise((resolve) => setTimeout(resolve, 10));
      say(await answer());
      const { result } = await createSessionsClient({ serviceUrl, serviceKey: clientKey }).afterLogin({ userId });
      say(result);
      await guard.close();
    },
  };
}
