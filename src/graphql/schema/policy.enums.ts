import { registerEnumType } from 'type-graphql';
import type { PolicyReport } from '../../application/policy/policy-report.js';
import type { PolicyMode as PolicyModeValue } from '../../domain/policy/policy.js';
import { namesFor } from './enum-names.js';

export const PolicyMode = namesFor<PolicyModeValue>()({ OBSERVE: 'observe', ENFORCE: 'enforce' });
registerEnumType(PolicyMode, {
  name: 'PolicyMode',
  description: 'Whether a session policy, or one of its rules, ends sessions.',
  valuesConfig: {
    OBSERVE: { description: 'Nothing ends. The sessions that would have ended are published, with the rule.' },
    ENFORCE: { description: 'Sessions above a budget end.' },
  },
});

export const PolicyOutcome = namesFor<PolicyReport['done']>()({
  COMPLETE: 'complete',
  PARTIAL: 'partial',
  SESSION_NOT_SEEN: 'sessionNotSeen',
});
registerEnumType(PolicyOutcome, {
  name: 'PolicyOutcome',
  description: 'The result of enforcing the session policy for a user.',
  valuesConfig: {
    COMPLETE: { description: 'The user is within every budget that is enforced, or no policy is in force.' },
    PARTIAL: { description: 'Some sessions could not be ended or looked at, or not in this minute. Call again.' },
    SESSION_NOT_SEEN: { description: 'sessionId is not a live session of the user, or not yet. Nothing has ended.' },
  },
});
