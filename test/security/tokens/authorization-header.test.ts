import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { signAsFusionAuth } from '../../support/access-tokens.js';
import {
  administratorClaims,
  attackWith,
  expectAccepted,
  expectNothingSeen,
  expectRefused,
  jwksFetchCount,
  startTarget,
  type Target,
} from './attack.js';

let target: Target;
/** Accepted where it is presented properly. */
let token: string;

beforeAll(async () => {
  target = await startTarget();
  token = await signAsFusionAuth(target.emulator, administratorClaims(target.emulator));
  await expectAccepted(target, token);
});

beforeEach(() => target.emulator.calls.clear());

afterAll(() => target[Symbol.asyncDispose]());

interface RawAnswer {
  readonly status: number;
  readonly body: string;
}

/** A request as only a client that is made for it sends: with header lines as given. */
function send(headers: readonly string[], path = '/graphql'): Promise<RawAnswer> {
  const { url } = target.service;
  return new Promise((resolve, reject) => {
    const lines = ['host', new URL(url).host, 'content-type', 'application/json', ...headers];
    const outgoing = request(`${url}${path}`, { method: 'POST', headers: lines }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify({ query: '{ viewer { name } }' }));
  });
}

describe('a good token is refused', () => {
  it.each<[string, (good: string) => string]>([
    ['with a blank inside', (good) => `Bearer ${good.slice(0, 40)} ${good.slice(40)}`],
    ['with a tab before it', (good) => `Bearer \t${good}`],
    ['with a comma behind it', (good) => `Bearer ${good},`],
    ['twice', (good) => `Bearer ${good} ${good}`],
    ['twice, as a list', (good) => `Bearer ${good}, Bearer ${good}`],
    ['in quotes', (good) => `Bearer "${good}"`],
    ['as a parameter', (good) => `Bearer token=${good}`],
    ['under two schemes', (good) => `Bearer Bearer ${good}`],
    ['under FusionAuth’s older scheme', (good) => `JWT ${good}`],
    ['under DPoP', (good) => `DPoP ${good}`],
    ['under Basic', (good) => `Basic ${good}`],
    ['as a password under Basic', (good) => `Basic ${Buffer.from(`user:${good}`).toString('base64')}`],
    ['without a scheme', (good) => good],
    ['without a blank behind the scheme', (good) => `Bearer${good}`],
    ['with a colon behind the scheme', (good) => `Bearer: ${good}`],
    ['with a character that is not ASCII', (good) => `Bearer ${good}\u00e9`],
    ['encoded for a URL', (good) => `Bearer ${good.replaceAll('.', '%2E')}`],
    ['in ordinary base64 with padding', (good) => `Bearer ${good}=`],
    ['with a fourth part', (good) => `Bearer ${good}.AAAA`],
  ])('%s', async (_what, header) => {
    await expectRefused(target, header(token));
  });

  it.each(['\n', '\r\n', '\r\nx-injected: 1', '\0'])(
    'with %j in it, which no client of HTTP even sends',
    async (text) => {
      await expect(attackWith(target, `Bearer ${token}${text}x`)).rejects.toThrow();
    },
  );

  it('in place of the header: in the query, in a cookie, in another header', async () => {
    const elsewhere = [
      await send([], `/graphql?access_token=${token}`),
      await send(['cookie', `access_token=${token}`]),
      await send(['x-authorization', `Bearer ${token}`]),
      await send(['proxy-authorization', `Bearer ${token}`]),
    ];
    for (const { status, body } of elsewhere) {
      expect(status).toBe(401);
      expect(body).toContain('"UNAUTHENTICATED"');
    }
    expect(target.emulator.calls.count()).toBe(0);
  });
});

describe('of two Authorization headers', () => {
  it.each([
    ['before', ['Bearer nobody', 'good']],
    ['after', ['good', 'Bearer nobody']],
    ['beside', ['good', 'good']],
  ])('a good one does not make up for another one %s it', async (_where, values) => {
    const headers = values.flatMap((value) => ['authorization', value === 'good' ? `Bearer ${token}` : value]);
    const { status, body } = await send(headers);
    expect(status).toBe(401);
    expect(body).toContain('"UNAUTHENTICATED"');
    expectNothingSeen(target.emulator);
  });
});

describe('a token that is too long', () => {
  it('is refused without being looked at', async () => {
    const claims = administratorClaims(target.emulator, { padding: 'x'.repeat(8_000) });
    const long = await signAsFusionAuth(target.emulator, claims);
    expect(long.length).toBeGreaterThan(8_192);
    await expectRefused(target, `Bearer ${long}`);
    await expectRefused(target, `Bearer ${long.replace(/^[^.]+/, 'eyJraWQiOiJ1bmtub3duIn0')}`);
    expect(jwksFetchCount(target.emulator)).toBe(0);
  });

  it('for the HTTP server is refused by that', async () => {
    const { status, body } = await send(['authorization', `Bearer eyJ${'x'.repeat(17_000)}.x.x`]);
    expect(status).toBe(431);
    expect(body).not.toContain('xxx');
    expect(target.emulator.calls.count()).toBe(0);
  });

  it('by nothing is accepted up to the limit', async () => {
    const claims = administratorClaims(target.emulator, { padding: 'x'.repeat(5_000) });
    await expectAccepted(target, await signAsFusionAuth(target.emulator, claims));
  });
});
