import { describe, expect, it } from 'vitest';
import { ConsoleClient } from '../../src/auth/console/console-client.js';
import { UpstreamUnavailableError } from '../../src/domain/errors.js';
import { fetchToken } from '../../src/fusionauth/token-fetch.js';
import { startEndlessServer } from '../support/raw-server.js';

describe('the token endpoint of FusionAuth', () => {
  it('is given up after some bytes when its answer never ends', async () => {
    await using server = await startEndlessServer();
    const client = new ConsoleClient({
      fetchToken,
      clientId: 'console',
      clientSecret: 'made-up',
      issuer: 'acme.example',
      fusionAuthUrl: server.url,
      browserFusionAuthUrl: server.url,
      timeoutMs: 2_000,
    });
    const refreshed = client.refresh('made-up');
    await expect(refreshed).rejects.toThrow(UpstreamUnavailableError);
    await expect(refreshed).rejects.toMatchObject({
      cause: { cause: { message: 'The answer is larger than 1048576 bytes' } },
    });
    expect(server.sentBytes()).toBeLessThan(20_000_000);
  });
});
