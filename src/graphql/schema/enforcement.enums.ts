import { registerEnumType } from 'type-graphql';
import type {
  EnforcementOutcome as EnforcementOutcomeValue,
  NewerSessionRule as NewerSessionRuleValue,
} from '../../application/enforcement/enforcement.js';
import type { SessionLimit, SsoSessionRule as SsoSessionRuleValue } from '../../domain/enforcement-plan.js';
import type { OverflowBehavior as OverflowBehaviorValue } from '../../domain/overflow.js';
import { namesFor } from './enum-names.js';

export const LimitScope = namesFor<SessionLimit['scope']>()({ USER: 'user', PER_APPLICATION: 'perApplication' });
registerEnumType(LimitScope, {
  name: 'LimitScope',
  description: 'What one budget of sessions spans.',
  valuesConfig: {
    USER: { description: 'One budget over all applications.' },
    PER_APPLICATION: {
      description: 'One budget for each application, so a second application on the same device survives.',
    },
  },
});

export const SsoSessionRule = namesFor<SsoSessionRuleValue>()({
  KEEP_ALL: 'keepAll',
  KEEP_NEWEST: 'keepNewest',
  REVOKE_ALL: 'revokeAll',
});
registerEnumType(SsoSessionRule, {
  name: 'SsoSessionRule',
  description: 'What happens to SSO sessions, which never count against a limit.',
  valuesConfig: {
    KEEP_ALL: { description: 'All SSO sessions stay. A browser that was signed out may come back without a password.' },
    KEEP_NEWEST: { description: 'The newest one stays.' },
    REVOKE_ALL: { description: 'All end. The next visit to a login page asks for the password.' },
  },
});

export const OverflowBehavior = namesFor<OverflowBehaviorValue>()({
  END_OLDEST: 'endOldest',
  END_LEAST_RECENTLY_USED: 'endLeastRecentlyUsed',
  DENY_NEW: 'denyNew',
  ASK_USER: 'askUser',
});
registerEnumType(OverflowBehavior, {
  name: 'OverflowBehavior',
  description: 'What happens when a user has more sessions than allowed.',
  valuesConfig: {
    END_OLDEST: { description: 'The sessions created first end. Converges without a lock.' },
    END_LEAST_RECENTLY_USED: { description: 'The sessions unused for longest end. Calls for one user take turns.' },
    DENY_NEW: { description: 'Nothing ends; the outcome is LIMIT_REACHED, and the caller refuses the sign-in.' },
    ASK_USER: {
      description: 'Nothing ends; the outcome is LIMIT_REACHED, and candidates holds the sessions to choose from.',
    },
  },
});

export const NewerSessionRule = namesFor<NewerSessionRuleValue>()({
  KEEP_NEWEST: 'keepNewest',
  KEEP_REQUESTED: 'keepRequested',
});
registerEnumType(NewerSessionRule, {
  name: 'NewerSessionRule',
  description: 'What happens when a session newer than keepSessionId exists.',
  valuesConfig: {
    KEEP_NEWEST: {
      description: 'The newest session stays and the requested one ends too: outcome SUPERSEDED. Needs no lock.',
    },
    KEEP_REQUESTED: { description: 'The requested session stays and newer ones end. Calls for one user take turns.' },
  },
});

export const EnforcementOutcome = {
  ENFORCED: 'ENFORCED',
  WITHIN_LIMIT: 'WITHIN_LIMIT',
  NO_SESSIONS: 'NO_SESSIONS',
  SUPERSEDED: 'SUPERSEDED',
  LIMIT_REACHED: 'LIMIT_REACHED',
  PARTIAL: 'PARTIAL',
  WOULD_ENFORCE: 'WOULD_ENFORCE',
} as const satisfies { [Name in EnforcementOutcomeValue]: Name };
registerEnumType(EnforcementOutcome, {
  name: 'EnforcementOutcome',
  description: 'The result of enforcing a session limit.',
  valuesConfig: {
    ENFORCED: { description: 'There were too many sessions, and the surplus has ended.' },
    WITHIN_LIMIT: { description: 'There were no more sessions than allowed. Nothing was ended.' },
    NO_SESSIONS: { description: 'The user has no live session that the limit is about, or does not exist.' },
    SUPERSEDED: {
      description:
        'Another session is preferred to keepSessionId, as a rule a newer one: it stays, and keepSessionId has ended, by this call or by an earlier one.',
    },
    LIMIT_REACHED: {
      description: 'Under DENY_NEW and ASK_USER: there are too many sessions, and none was ended.',
    },
    PARTIAL: {
      description: 'Some sessions could not be ended (see failures) or looked at (see warnings). Call again to finish.',
    },
    WOULD_ENFORCE: { description: 'Under dryRun: there are too many sessions. Nothing was ended.' },
  },
});
