import { oneOf, positive, wholeNumber } from './kinds.js';

export const policyTriggerVariables = {
  POLICY_RUNS_PER_SECOND: positive(1_000)
    .default(20)
    .describe(
      'Users a second whom a process looks at because something may have been missed; those who have just signed in do not wait for it. See [triggers](../guides/policy-triggers.md).',
    ),
  POLICY_SWEEP_INTERVAL_SECONDS: wholeNumber(0, 86_400)
    .default(300)
    .describe("How often FusionAuth's login records are looked through for users whom no event named; 0 for never."),
  POLICY_SWEEP_LOOK_BACK_DAYS: positive(365)
    .default(30)
    .describe('How far the first of these looks back; later ones begin where the one before ended.'),
  POLICY_SIGN_IN_FAILURE: oneOf(['open', 'closed'], 'must be open or closed')
    .default('open')
    .describe(
      'Whether rules with `deny-new` let a user in (`open`) or out (`closed`) when FusionAuth or the database cannot be asked. See [deny-new](../guides/policy-triggers.md#deny-new).',
    ),
};
