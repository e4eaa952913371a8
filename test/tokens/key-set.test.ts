import { createServer } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import { afterEach, expect, it, vi } from 'vitest';
import { createTokenKeySet } from '../../src/tokens/key-set.js';
import { listen } from '../support/listening-server.js';

afterEach(() => {
  vi.restoreAllMocks();
});

it('fetches the keys anew when the clock of the machine is put back, so that one that was removed is not believed for longer', async () => {
  const { publicKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), alg: 'RS256', kid: 'first' };
  let fetches = 0;
  await using server = await listen(
    createServer((_request, response) => {
      fetches++;
      response.end(JSON.stringify({ keys: [jwk] }));
    }),
  );
  const keys = createTokenKeySet(new URL(server.url), 5_000);
  const find = () => keys.find({ alg: 'RS256', kid: 'first' }, { payload: '', signature: '' });
  await find();
  await find();
  expect(fetches).toBe(1);
  const now = Date.now.bind(Date);
  vi.spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000);
  await find();
  await expect.poll(() => fetches).toBe(2);
  await find();
  expect(fetches).toBe(2);
});
