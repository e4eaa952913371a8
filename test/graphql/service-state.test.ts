import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { permissions } from '../../src/domain/caller.js';
import { sendEventsTo } from '../../src/emulator/send-events.js';
import { startTestService, type TestService } from '../support/service.js';
import { serviceKeysVariable } from '../support/service-keys.js';
import { subscribe } from '../support/subscription.js';

interface Answer {
  readonly serviceState: {
    readonly startedAt: string;
    readonly replicas: number | null;
    readonly feedLagMs: number;
    readonly webhook: {
      readonly taken: number;
      readonly lastTakenAt: string | null;
      readonly refused: number;
      readonly lastRefusedAt: string | null;
    } | null;
    readonly followers: readonly { readonly name: string; readonly streams: number }[];
    readonly userStreams: number;
  };
}

const document =
  '{ serviceState { startedAt replicas feedLagMs webhook { taken lastTakenAt refused lastRefusedAt } followers { name streams } userStreams } }';
const [ours, others] = ['5d0c8b1e-7a52-4f0e-9d3c-2b1f6a4e8c72', '5d0c8b1e-7a52-4f0e-9d3c-2b1f6a4e8c73'];

let service: TestService;

beforeEach(async () => {
  service = await startTestService({
    env: {
      WEBHOOK_SIGNATURE: 'jwks',
      SERVICE_KEYS: serviceKeysVariable(
        { name: 'operator', key: 'operator', permissions: ['setup:read'] },
        { name: 'operator-of-tenant', key: 'operator-of-tenant', permissions: ['setup:read'], tenantIds: [ours] },
        { name: 'guard', key: 'guard', permissions: ['event:subscribe'] },
        { name: 'guard-of-ours', key: 'guard-of-ours', permissions: ['event:subscribe'], tenantIds: [ours] },
        { name: 'guard-of-others', key: 'guard-of-others', permissions: ['event:subscribe'], tenantIds: [others] },
        { name: 'everything-else', key: 'rest', permissions: permissions.filter((one) => one !== 'setup:read') },
        { name: 'bound', key: 'bound', applicationIds: [ours] },
      ),
    },
  });
});

afterEach(() => service[Symbol.asyncDispose]());

const state = async (key = 'operator') => (await service.data<Answer>(document, {}, { key })).serviceState;

describe('serviceState', () => {
  it('says when events of FusionAuth arrived last, and how many were refused', async () => {
    const startedAt = new Date(service.emulator.clock.now()).toISOString();
    const nothing = { taken: 0, lastTakenAt: null, refused: 0, lastRefusedAt: null };
    expect(await state()).toMatchObject({ replicas: 1, feedLagMs: 0, webhook: nothing, followers: [], userStreams: 0 });
    expect(Date.parse((await state()).startedAt)).toBeLessThanOrEqual(Date.parse(startedAt));

    await service.emulator.keys.jwks();
    sendEventsTo(service.emulator, `${service.url}/webhooks/fusionauth`);
    service.emulator.clock.advance(5_000);
    await service.user().login();
    await expect.poll(async () => (await state()).webhook?.taken).toBeGreaterThan(0);
    expect((await state()).webhook).toMatchObject({ refused: 0, lastTakenAt: expect.any(String) });

    await service.fetch('/webhooks/fusionauth', { method: 'POST', body: '{}' });
    expect((await state()).webhook).toMatchObject({ refused: 1, lastRefusedAt: expect.any(String) });
  });

  it('names the services that follow events, for as long as they do, and of other tenants none', async () => {
    const streams = await Promise.all(
      ['guard', 'guard', 'guard-of-ours', 'guard-of-others'].map((key) => subscribe(service, key)),
    );
    const all = [
      { name: 'guard', streams: 2 },
      { name: 'guard-of-others', streams: 1 },
      { name: 'guard-of-ours', streams: 1 },
    ];
    expect((await state()).followers).toEqual(all);
    expect((await state('operator-of-tenant')).followers).toEqual([all[0], all[2]]);
    for (const stream of streams) await stream[Symbol.asyncDispose]();
    await expect.poll(async () => (await state()).followers).toEqual([]);
  });

  it('is for no other permission, and for no caller that is bound to applications', async () => {
    for (const key of ['rest', 'bound']) {
      const { body } = await service.query(document, {}, { key });
      expect(body.errors?.map(({ extensions }) => extensions['code'])).toEqual(['FORBIDDEN']);
    }
  });

  it('costs FusionAuth nothing', async () => {
    const before = service.emulator.calls.all().length;
    const { body } = await service.query(document, {}, { key: 'operator' });
    expect(body).toMatchObject({ extensions: { cost: { upstreamCalls: 0 } } });
    expect(service.emulator.calls.all()).toHaveLength(before);
  });
});
