import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AdmitSignIn } from '../../src/application/policy/admit-sign-in.js';
import { InProcessSignInReservations } from '../../src/in-process/sign-in-reservations.js';
import { policyOf, ruleOf } from '../support/policies.js';
import { shop, userId } from '../support/sessions.js';
import { silentPolicy } from '../support/telemetry.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const maxDecisionMs = 1_000;
const never = () => new Promise<never>(() => undefined);

it('decides within its time, however long the policy and FusionAuth take together', async () => {
  const policy = policyOf([ruleOf({ overflow: 'denyNew' })]);
  const admit = new AdmitSignIn({
    policies: { current: () => new Promise((resolve) => setTimeout(() => resolve(policy), maxDecisionMs * 0.9)) },
    sourceOf: () => ({ sessions: { listSessions: never }, directory: { findSubject: never } }),
    reservations: new InProcessSignInReservations(),
    recorder: { recordActivity: never },
    tenantId: null,
    clock: { now: () => 0 },
    onFailure: 'open',
    maxDecisionMs,
    telemetry: silentPolicy,
  });
  const answers: string[] = [];
  const event = { id: 'b0000000-0000-4000-8000-0000000000ff', occurredAt: 0, tenantId: null, deviceType: null };
  void admit
    .execute({ ...event, kind: 'userSignedIn', userId, applicationId: shop })
    .then((answer) => answers.push(answer));
  await vi.advanceTimersByTimeAsync(maxDecisionMs - 1);
  expect(answers).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(answers).toEqual(['admitted']);
});
