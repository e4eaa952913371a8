import { expect, it } from 'vitest';
import { startEmulator } from '../../src/emulator/emulator.js';
import { clientMethods } from './client-methods.js';
import { call, emulator, shop, succeeded, useEmulator, user } from './emulated-client.js';
import { callRecords } from './emulated-records.js';
import { callSignIns } from './emulated-sign-ins.js';
import { treatmentOf } from './endpoint-table.js';

useEmulator();

callRecords();
callSignIns();

it('counts logins and registrations in reports, and answers logs that are empty', async () => {
  const application = shop();
  const alice = await user([application.id]);
  for (let count = 0; count < 2; count++) {
    await call('login', { loginId: alice.email, password: 'password', applicationId: application.id });
  }
  const [now, { id }] = [emulator.clock.now(), application];
  const range = [now - 60_000, now + 60_000];
  const counted = (count: number) => ({ total: count, hourlyCounts: expect.arrayContaining([expect.anything()]) });
  for (const [expected, name, ...args] of [
    [counted(2), 'retrieveLoginReport', id, ...range],
    [counted(2), 'retrieveUserLoginReport', id, alice.id, ...range],
    [counted(2), 'retrieveUserLoginReportByLoginId', id, alice.email, ...range],
    [counted(2), 'retrieveUserLoginReportByLoginIdAndLoginIdTypes', id, alice.email, ...range, ['email']],
    [counted(1), 'retrieveRegistrationReport', id, ...range],
    [
      { total: 1, dailyActiveUsers: [{ count: 1, interval: expect.any(Number) }] },
      'retrieveDailyActiveReport',
      id,
      ...range,
    ],
    [
      { total: 1, monthlyActiveUsers: [{ count: 1, interval: expect.any(Number) }] },
      'retrieveMonthlyActiveReport',
      id,
      ...range,
    ],
  ] as const) {
    expect([name, await call(name, ...args)]).toEqual([name, expected]);
  }
  const totals = { logins: 2, registrations: 1, totalRegistrations: 1 };
  expect((await call('retrieveTotalReport'))['applicationTotals']).toMatchObject({ [id]: totals });
  expect(await call('retrieveTotalReportWithExcludes', ['applicationTotals'])).not.toHaveProperty('applicationTotals');
  expect(await call('searchEventLogs', {})).toEqual({ eventLogs: [], total: 0 });
  expect(await call('searchWebhookEventLogs', { search: {} })).toEqual({ webhookEventLogs: [], total: 0 });
});

it('answers for the system: configuration, audit log, status, version and index', async () => {
  await call('retrieveSystemConfiguration');
  await call('patchSystemConfiguration', { systemConfiguration: { reportTimezone: 'UTC' } });
  await call('updateSystemConfiguration', { systemConfiguration: { reportTimezone: 'UTC' } });
  const { auditLog } = (await call('createAuditLog', { auditLog: { message: 'm', insertUser: 'u' } })) as {
    auditLog: { id: number };
  };
  await call('retrieveAuditLog', auditLog.id);
  await call('searchAuditLogs', { search: { message: 'm' } });
  for (const name of ['SystemStatus', 'SystemStatusUsingAPIKey', 'SystemHealth', 'Version']) {
    await call(`retrieve${name}`);
  }
  await call('reindex', { index: 'fusionauth_user' });
});

it('has called every method of what is emulated with success', async () => {
  await using fresh = await startEmulator();
  const left: string[] = [];
  for (const { name, method, path } of clientMethods()) {
    if (!succeeded.has(name) && !exceptions.has(name) && (await treatmentOf(fresh, method, path)) === 'emulated') {
      left.push(name);
    }
  }
  expect(left).toEqual([]);
});

/** What succeeds in a state that other tests make, or what FusionAuth itself answers with 404 where nothing is under way. */
const exceptions = new Set([
  'retrieveReindexStatus',
  'changePassword',
  'retrieveUserByChangePasswordId',
  'retrieveUserByVerificationId',
  'retrieveEventLog',
  'retrieveWebhookAttemptLog',
  'retrieveWebhookEventLog',
]);

it('keeps the newest 10,000 entries of the audit log, whose numbers go on', async () => {
  const { store, clock } = emulator;
  const entry = { insertInstant: clock.now(), insertUser: 'u', message: 'm' };
  store.auditLog.push(...Array.from({ length: 10_000 }, (_, index) => ({ ...entry, id: index + 1 })));
  const { auditLog } = (await call('createAuditLog', { auditLog: { message: 'm', insertUser: 'u' } })) as {
    auditLog: { id: number };
  };
  expect([store.auditLog.length, store.auditLog.at(0)?.id, auditLog.id]).toEqual([10_000, 2, 10_001]);
});
