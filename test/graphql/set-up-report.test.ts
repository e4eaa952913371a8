import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { demoAccessTokens } from '../../src/config/console.js';
import { permissions } from '../../src/domain/caller.js';
import { claimsFor, shopId, shopTokens, signAsFusionAuth } from '../support/access-tokens.js';
import { startTestService, type TestService } from '../support/service.js';
import { serviceKeysVariable } from '../support/service-keys.js';

interface Answer {
  readonly setUpReport: {
    readonly checkedAt: string;
    readonly findings: readonly {
      readonly check: string;
      readonly state: string;
      readonly message: string;
      readonly tenantId: string | null;
    }[];
  };
}

const document = '{ setUpReport { checkedAt findings { check state message tenantId } } }';
const bound = '5d0c8b1e-7a52-4f0e-9d3c-2b1f6a4e8c72';

let service: TestService;

beforeEach(async () => {
  const roles = JSON.stringify({ roles: { lead: [...(demoAccessTokens.permissionsByRole.get('lead') ?? [])] } });
  service = await startTestService({
    shopId,
    env: {
      ...shopTokens,
      ACCESS_TOKEN_PERMISSIONS: roles,
      WEBHOOK_SIGNATURE: 'jwks',
      SERVICE_KEYS: serviceKeysVariable(
        { name: 'operator', key: 'operator', permissions: ['setup:read'] },
        { name: 'others', key: 'others', permissions: permissions.filter((one) => one !== 'setup:read') },
        { name: 'bound', key: 'bound', applicationIds: [bound] },
      ),
    },
  });
});

afterEach(() => service[Symbol.asyncDispose]());

const ask = (key: string) => service.query<Answer>(document, {}, { key });
const callsOfFusionAuth = () => service.emulator.calls.all().length;

describe('setUpReport', () => {
  it('answers what doctor finds, to whoever has setup:read', async () => {
    const { setUpReport } = await service.data<Answer>(document, {}, { key: 'operator' });
    expect(setUpReport.findings).toContainEqual({
      check: 'webhook',
      state: 'PROBLEM',
      message: expect.stringContaining('no webhook whose URL ends in /webhooks/fusionauth'),
      tenantId: null,
    });
    expect(setUpReport.findings).toContainEqual(
      expect.objectContaining({ check: 'refresh-tokens', state: 'OK', tenantId: service.emulator.tenantId }),
    );
    expect(new Set(setUpReport.findings.map(({ state }) => state))).toEqual(new Set(['OK', 'WARNING', 'PROBLEM']));
    expect(JSON.stringify(setUpReport)).not.toContain(service.emulator.apiKey);
  });

  it('is for no other permission, and for no caller that is bound to applications', async () => {
    for (const key of ['others', 'bound']) {
      const { body } = await ask(key);
      expect(body.errors?.map(({ extensions }) => extensions['code'])).toEqual(['FORBIDDEN']);
    }
  });

  it('looks once for all who ask at the same time, and soon after', async () => {
    const before = callsOfFusionAuth();
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask('operator')));
    const made = callsOfFusionAuth() - before;
    await ask('operator');
    expect(callsOfFusionAuth() - before).toBe(made);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body.data))).size).toBe(1);
    expect(made).toBeLessThanOrEqual(40);
    service.emulator.clock.advance(31_000);
    await ask('operator');
    expect(callsOfFusionAuth() - before).toBeGreaterThan(made);
  });

  it('costs what a look calls, once for all its aliases', async () => {
    const { body } = await service.query(
      '{ one: setUpReport { checkedAt } two: setUpReport { checkedAt } }',
      {},
      { key: 'operator' },
    );
    expect(body).toMatchObject({ extensions: { cost: { upstreamCalls: 40 } } });
  });

  it('says nothing of other tenants to a caller that belongs to one', async () => {
    const other = service.emulator.store.addTenant({ name: 'Other', issuer: 'other.com' });
    service.emulator.store.addApplication({ name: 'Secret Project', tenantId: other.id });
    const token = await signAsFusionAuth(
      service.emulator,
      claimsFor(service.emulator, 'b0000000-0000-4000-8000-00000000aaaa', { roles: ['lead'] }),
    );
    const { body } = await ask(token);
    expect(JSON.stringify(body.data)).toContain('Acme Shop');
    expect(JSON.stringify(body.data)).not.toContain('Secret Project');
    const all = await ask('operator');
    expect(JSON.stringify(all.body.data)).toContain('Secret Project');
  });

  it('answers that FusionAuth is away, and not an error', async () => {
    service.emulator.faults.add({ path: '/api/*', fault: { kind: 'status', status: 503 } });
    const { setUpReport } = await service.data<Answer>(document, {}, { key: 'operator' });
    expect(setUpReport.findings[0]).toMatchObject({ check: 'connection', state: 'PROBLEM' });
    expect(setUpReport.findings.filter(({ check }) => check === 'events')).toMatchObject([{ state: 'NOT_CHECKED' }]);
  });
});
