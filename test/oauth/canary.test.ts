import { expect, it } from 'vitest';
import type { Fault } from '../../src/emulator/faults.js';
import { shopId } from '../support/access-tokens.js';
import { knownTokens, postForm } from '../support/oauth.js';
import { startTestService } from '../support/service.js';

const faults: readonly (Fault | null)[] = [
  null,
  { kind: 'status', status: 401 },
  { kind: 'status', status: 404 },
  { kind: 'status', status: 429 },
  { kind: 'status', status: 500 },
  { kind: 'hang' },
  { kind: 'reset', when: 'before' },
  { kind: 'reset', when: 'after' },
  { kind: 'malformedJson' },
  { kind: 'mapBody', map: () => ({ fieldErrors: {}, token: 'x' }) },
];

it('a token that is presented is neither answered nor logged, whatever FusionAuth does and wherever it stands', async () => {
  const env = {
    ...knownTokens,
    LOG_LEVEL: 'trace',
    FUSIONAUTH_MAX_ATTEMPTS: '2',
    FUSIONAUTH_REQUEST_TIMEOUT_MS: '100',
    FUSIONAUTH_CALL_BUDGET_MS: '200',
    FUSIONAUTH_AUDIT_LOG: 'true',
    MANAGEMENT_PORT: '0',
  };
  await using service = await startTestService({ shopId, env });
  const secrets: string[] = [];
  const answers: string[] = [];
  const key = service.key(['token:introspect', 'token:revoke']);
  for (const fault of faults) {
    const { token, refreshToken } = await service.user().login();
    // A value whose encoding differs from it.
    const strange = `${refreshToken}+/=%&?#`;
    secrets.push(token, token.split('.')[2] ?? '', refreshToken, strange);
    const rules =
      fault === null
        ? []
        : ['/api/*', '/api/jwt/*', '/api/jwt/refresh'].map((path) => service.emulator.faults.add({ path, fault }));
    for (const path of ['/oauth2/introspect', '/oauth2/revoke']) {
      for (const value of [strange, refreshToken, token]) {
        const authorization = `Bearer ${key}`;
        for (const form of [
          { token: value },
          `token=${encodeURIComponent(value)}&token=x`,
          { token_type_hint: value },
        ]) {
          const { text, headers } = await postForm(service, path, form, { authorization });
          answers.push(`${text} ${JSON.stringify([...headers])}`);
        }
        const inQuery = await postForm(service, `${path}?token=${encodeURIComponent(value)}`, { token: 'x' });
        const asSecret = await postForm(
          service,
          path,
          { token: 'x' },
          { authorization: `Basic ${btoa(`x:${value}`)}` },
        );
        answers.push(inQuery.text, asSecret.text);
      }
    }
    for (const rule of rules) rule.remove();
  }
  answers.push(await (await fetch(`${service.managementUrl}/metrics`)).text());
  const forms = secrets.flatMap((one) => [
    one,
    encodeURIComponent(one),
    `${new URLSearchParams({ '': one })}`.slice(1),
  ]);
  const leaksIn = (text: string) => forms.filter((form) => text.includes(form));
  expect(answers.flatMap(leaksIn)).toEqual([]);
  expect(service.logs.flatMap((line) => leaksIn(JSON.stringify(line)))).toEqual([]);
  // What this service has written there.
  expect(service.emulator.store.auditLog.length).toBeGreaterThan(0);
  expect(leaksIn(JSON.stringify(service.emulator.store.auditLog))).toEqual([]);
  expect(service.logs.some(({ msg }) => msg === 'request failed')).toBe(true);
  expect(service.logs.some(({ audit }) => audit !== undefined)).toBe(true);
});
