import { expect, it } from 'vitest';
import { parseConfig } from '../../src/config/config.js';

const fusionAuth = { FUSIONAUTH_URL: 'http://localhost:9011', FUSIONAUTH_API_KEY: 'key' };

it('a value above a limit that has its default is warned of, and a default above a limit that is set is not', () => {
  expect(parseConfig({ ...fusionAuth, FUSIONAUTH_REQUEST_TIMEOUT_MS: '30000' })).toMatchObject({
    ok: true,
    warnings: [
      'FUSIONAUTH_REQUEST_TIMEOUT_MS: has no effect above FUSIONAUTH_CALL_BUDGET_MS, which is 5000 unless it is set, too',
    ],
  });
  expect(parseConfig({ ...fusionAuth, FUSIONAUTH_CALL_BUDGET_MS: '1000' })).toMatchObject({ ok: true, warnings: [] });
});

it('a budget of calls above the time of operations is warned of, whether that time is set or not', () => {
  const env = { ...fusionAuth, FUSIONAUTH_CALL_BUDGET_MS: '31000' };
  const warningsOf = (limit: number) => [
    `FUSIONAUTH_CALL_BUDGET_MS: operations end their calls by OPERATION_TIMEOUT_MS, which is ${limit}`,
  ];
  expect(parseConfig(env)).toMatchObject({ ok: true, warnings: warningsOf(30_000) });
  const shorter = { ENDING_BUDGET_MS: '1000', USER_LOCK_MAX_WAIT_MS: '1000', OPERATION_TIMEOUT_MS: '9000' };
  expect(parseConfig({ ...env, ...shorter })).toMatchObject({ ok: true, warnings: warningsOf(9_000) });
  expect(parseConfig({ ...env, OPERATION_TIMEOUT_MS: '31000' })).toMatchObject({ ok: true, warnings: [] });
  expect(parseConfig({ ...fusionAuth, ...shorter, OPERATION_TIMEOUT_MS: '2000' })).toMatchObject({ warnings: [] });
});
