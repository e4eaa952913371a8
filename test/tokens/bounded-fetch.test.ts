import { createRemoteJWKSet, customFetch, type JWTHeaderParameters } from 'jose';
import { describe, expect, it } from 'vitest';
import { boundedFetch } from '../../src/tokens/bounded-fetch.js';
import { startEndlessServer, startRawServer } from '../support/raw-server.js';

const header: JWTHeaderParameters = { alg: 'RS256', kid: 'one' };

describe('a key set', () => {
  it('that never ends is given up after some bytes', async () => {
    await using server = await startEndlessServer();
    const keys = createRemoteJWKSet(new URL(server.url), { [customFetch]: boundedFetch });
    await expect(keys(header)).rejects.toThrow('The answer is larger than 1048576 bytes');
    expect(server.sentBytes()).toBeLessThan(20_000_000);
  });

  it('of usual size is read', async () => {
    await using server = await startRawServer((response) => response.end('{"keys":[]}'));
    const keys = createRemoteJWKSet(new URL(server.url), { [customFetch]: boundedFetch });
    await expect(keys(header)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  });
});
