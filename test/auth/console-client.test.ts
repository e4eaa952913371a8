import { describe, expect, it } from 'vitest';
import { ConsoleClient } from '../../src/auth/console/console-client.js';
import { UpstreamUnavailableError } from '../../src/domain/errors.js';
import { startRawServer } from '../support/raw-server.js';

describe('the token endpoint of FusionAuth', () => {
  it('is given up after some bytes when its answer never ends', async () => {
    let sentBytes = 0;
    await using server = await startRawServer((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const chunk = Buffer.alloc(65_536, 0x20);
      const send = () => {
        while (!response.destroyed && response.write(chunk)) sentBytes += chunk.length;
      };
      response.on('drain', send);
      send();
    });
    const client = new ConsoleClient({
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
    expect(sentBytes).toBeLessThan(20_000_000);
  });
});
