import { expect, it } from 'vitest';
import { shopId, shopTokens } from '../support/access-tokens.js';
import { startTestService } from '../support/service.js';

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const forged = (typ: string) => `${base64({ alg: 'RS256', kid: 'x', typ })}.${base64({ sub: 'x' })}.c2ln`;

it.each([
  ['/graphql', 'JWT'],
  ['/global-token-revocation', 'global-token-revocation+jwt'],
])('while keys cannot be had, forged tokens at %s fill no log, and are counted', async (path, typ) => {
  await using service = await startTestService({
    shopId,
    env: {
      ...shopTokens,
      OAUTH_ISSUERS: 'acme.com',
      OAUTH_AUDIENCES: shopId,
      GLOBAL_REVOCATION_JWKS_URL: 'http://127.0.0.1:9/keys',
      GLOBAL_REVOCATION_ISSUER: 'https://provider.example',
      GLOBAL_REVOCATION_AUDIENCE: 'sessions',
      MANAGEMENT_PORT: '0',
    },
  });
  service.emulator.faults.add({ path: '/.well-known/jwks.json', fault: { kind: 'status', status: 503 } });
  const headers = { authorization: `Bearer ${forged(typ)}`, 'content-type': 'application/json' };
  const send = async () => (await service.fetch(path, { method: 'POST', headers, body: '{}' })).status;
  for (let turn = 0; turn < 50; turn += 1) expect(await send()).toBe(503);
  const lines = () => service.logs.filter(({ msg }) => msg === 'request failed');
  expect(lines()).toHaveLength(20);
  const metrics = await (await fetch(`${service.managementUrl}/metrics`)).text();
  expect(metrics).toMatch(/failures_total\{kind="requestFailed"\} 50\b/);
  service.emulator.clock.advance(60_000);
  expect(await send()).toBe(503);
  expect(lines().at(-1)).toMatchObject({ level: 'error', leftOut: 30, requestId: expect.any(String) });
});
