import { expect, it } from 'vitest';
import { policyJobFindings } from '../../src/doctor/policy-job-findings.js';
import type { PolicyBacklog } from '../../src/domain/ports/policy-jobs.js';
import { policyOf, ruleOf, runsOf, startPolicyService, until } from '../support/policies.js';
import { serviceKeysVariable } from '../support/service-keys.js';

const findingsOf = (backlog: PolicyBacklog) => policyJobFindings({ backlog: async () => backlog });

it('says how many users wait for the policy, and warns of those who wait too long or were given up', async () => {
  const none = { waiting: { live: 0, background: 0 }, dead: 0, overdueMs: 0 };
  expect(await findingsOf(none)).toMatchObject([{ state: 'ok', message: 'No user waits for the session policy.' }]);
  const many = { ...none, waiting: { live: 3, background: 4_900 }, overdueMs: 17_200 };
  expect(await findingsOf(many)).toMatchObject([
    { state: 'ok', message: expect.stringMatching(/^3 users .* and 4900 who may have been missed.* 18 s ago/) },
  ]);
  expect(await findingsOf({ ...many, overdueMs: 600_001, dead: 2 })).toMatchObject([
    { state: 'warning', message: expect.stringContaining('POLICY_RUNS_PER_SECOND') },
    { state: 'warning', message: expect.stringContaining('2 users') },
  ]);
});

it('a running service says in its set-up how many users wait because the policy may end no more', async () => {
  await using service = await startPolicyService({
    policy: policyOf([ruleOf()], { maxRevocationsPerMinute: 1 }),
    env: { SERVICE_KEYS: serviceKeysVariable({ name: 'operator', key: 'operator', permissions: ['setup:read'] }) },
  });
  for (const user of [service.user({ sessions: 3 }), service.user({ sessions: 3 })]) await user.login();
  await until(() => runsOf(service).filter(({ outcome }) => outcome === 'heldBack').length >= 2);
  interface Report {
    readonly setUpReport: { readonly findings: readonly { readonly check: string; readonly message: string }[] };
  }
  const report = await service.data<Report>('{ setUpReport { findings { check message } } }', {}, { key: 'operator' });
  expect(report.setUpReport.findings.find(({ check }) => check === 'policy-jobs')?.message).toMatch(/^2 users/);
});
