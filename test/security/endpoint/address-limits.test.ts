import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { claimsFor, shopId, shopTokens, signAsFusionAuth } from '../../support/access-tokens.js';
import { openConnection, type RawConnection } from '../../support/raw-connection.js';
import { startTestService, type TestService } from '../../support/service.js';

const limited = { TRUSTED_PROXIES: '127.0.0.1', MAX_ADDRESS_REFUSALS: '3', RATE_LIMIT_INTERVAL_SECONDS: '60' };

const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
const guess = (service: TestService, address: string, key = 'a-guess') =>
  service.query('{ viewer { name } }', {}, { key, ...from(address) });

async function guessAway(service: TestService, address: string): Promise<void> {
  for (let count = 0; count <= 3; count++) expect((await guess(service, address)).status).toBe(401);
}

describe('an address from which more than MAX_ADDRESS_REFUSALS credentials were refused', () => {
  it('is refused before credentials are looked at, and told when to come again', async () => {
    await using service = await startTestService({ env: limited });
    await guessAway(service, '203.0.113.5');
    const refused = await guess(service, '203.0.113.5');
    expect(refused.status).toBe(429);
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(refused.body.errors).toEqual([
      {
        message: 'Too many credentials from this address were refused. Call again later, with valid ones.',
        extensions: {
          code: 'RATE_LIMITED',
          retryAfterSeconds: seconds,
          requestId: refused.headers.get('x-request-id'),
        },
      },
    ]);
    const valid = await service.query('{ viewer { name } }', {}, from('203.0.113.5'));
    expect(valid.status).toBe(429);
  });

  it('keeps no other address out', async () => {
    await using service = await startTestService({ env: limited });
    await guessAway(service, '203.0.113.5');
    expect((await guess(service, '203.0.113.6')).status).toBe(401);
    expect((await service.query('{ viewer { name } }', {}, from('203.0.113.7'))).status).toBe(200);
  });

  it('may come again after the interval', async () => {
    await using service = await startTestService({ env: { ...limited, RATE_LIMIT_INTERVAL_SECONDS: '1' } });
    await guessAway(service, '203.0.113.5');
    expect((await guess(service, '203.0.113.5')).status).toBe(429);
    await expect.poll(() => guess(service, '203.0.113.5').then(({ status }) => status)).toBe(401);
  });

  it('is one network of IPv6, whose owner has as many addresses as it likes', async () => {
    await using service = await startTestService({ env: limited });
    for (const last of [1, 2, 3, 4]) expect((await guess(service, `2001:db8::${last}`)).status).toBe(401);
    expect((await guess(service, '2001:db8::5')).status).toBe(429);
    expect((await guess(service, '2001:db8:0:1::5')).status).toBe(401);
  });

  it('is not one that sends tokens of FusionAuth that have expired or are for others, as many as there are', async () => {
    await using service = await startTestService({ shopId, env: { ...shopTokens, ...limited } });
    const { emulator } = service;
    const user = service.user();
    const now = Math.floor(emulator.clock.now() / 1_000);
    for (const changes of [
      { exp: now - 60, iat: now - 90 },
      { aud: 'others' },
      { iss: 'other.com' },
      { tid: undefined },
    ]) {
      const token = await signAsFusionAuth(emulator, claimsFor(emulator, user.id, changes));
      for (let count = 0; count < 3; count++) expect((await guess(service, '203.0.113.5', token)).status).toBe(401);
    }
    expect((await service.query('{ viewer { name } }', {}, from('203.0.113.5'))).status).toBe(200);
  });

  it('is not one that sends no credentials', async () => {
    await using service = await startTestService({ env: limited });
    for (let count = 0; count < 9; count++) {
      expect((await service.query('{ viewer { name } }', {}, { key: null, ...from('203.0.113.5') })).status).toBe(401);
    }
  });

  it('is counted by its peer where there are no proxies, and not at all where nobody has said', async () => {
    await using direct = await startTestService({ env: { ...limited, TRUSTED_PROXIES: 'none' } });
    for (let count = 0; count <= 3; count++) expect((await guess(direct, `203.0.113.${count}`)).status).toBe(401);
    expect((await guess(direct, '203.0.113.9')).status).toBe(429);
    await using unsaid = await startTestService({ env: { ...limited, TRUSTED_PROXIES: '' } });
    for (let count = 0; count <= 5; count++) expect((await guess(unsaid, '203.0.113.5')).status).toBe(401);
  });

  it("delivers no events either, but only after refused deliveries: FusionAuth's own get through", async () => {
    const webhook = { WEBHOOK_USERNAME: 'fusionauth', WEBHOOK_PASSWORD: 'a-long-enough-password' };
    await using service = await startTestService({ env: { ...limited, ...webhook } });
    const deliver = (address: string, password: string) =>
      service.fetch('/webhooks/fusionauth', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Basic ${btoa(`fusionauth:${password}`)}`,
          'x-forwarded-for': address,
        },
        body: '{}',
      });
    await guessAway(service, '203.0.113.5');
    expect((await deliver('203.0.113.5', 'a-long-enough-password')).status).toBe(400);
    for (let count = 0; count <= 3; count++) expect((await deliver('203.0.113.6', 'wrong')).status).toBe(401);
    const refused = await deliver('203.0.113.6', 'a-long-enough-password');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await deliver('203.0.113.7', 'a-long-enough-password')).status).toBe(400);
  });
});

describe('connections of one address', () => {
  const open = (service: TestService, count: number) =>
    Promise.all(Array.from({ length: count }, () => openConnection(service.url)));
  const close = (connections: readonly RawConnection[]) => connections.forEach(({ socket }) => void socket.destroy());

  it('beyond MAX_ADDRESS_CONNECTIONS are closed at once, which the log says at a bounded rate', async () => {
    await using service = await startTestService({ env: { TRUSTED_PROXIES: 'none', MAX_ADDRESS_CONNECTIONS: '4' } });
    const kept = await open(service, 4);
    const others = await open(service, 40);
    await Promise.all(others.map(({ closed }) => closed));
    await delay(50);
    expect(kept.filter(({ socket }) => socket.destroyed)).toEqual([]);
    const lines = service.logs.filter(({ msg }) => msg === 'too many connections of one address');
    expect(lines).toHaveLength(20);
    expect(lines[0]).toMatchObject({ level: 'warn', address: '127.0.0.1', maxAddressConnections: 4 });
    close(kept);
    await expect
      .poll(() =>
        service.query('{ viewer { name } }').then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200);
  });

  it.each([
    ['of a trusted proxy', '127.0.0.1'],
    ['where nobody has said whether there are proxies', ''],
  ])('are not counted %s', async (_what, TRUSTED_PROXIES) => {
    await using service = await startTestService({ env: { TRUSTED_PROXIES, MAX_ADDRESS_CONNECTIONS: '2' } });
    const connections = await open(service, 10);
    expect((await service.query('{ viewer { name } }')).status).toBe(200);
    expect(connections.filter(({ socket }) => socket.destroyed)).toEqual([]);
    close(connections);
  });
});
