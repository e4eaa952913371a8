import type { Preference } from './enforcement-plan.js';

/** What happens to sessions above a budget. */
export type OverflowBehavior = 'endOldest' | 'endLeastRecentlyUsed' | 'denyNew' | 'askUser';

interface OverflowRule {
  /** False where the call only reports that the user is over the limit. */
  readonly ends: boolean;
  /** Which sessions stay, or would. */
  readonly stay: Preference['stay'];
  /** Whether the answer holds the sessions that the user may choose from. */
  readonly offersChoice: boolean;
}

export const overflowRules = {
  endOldest: { ends: true, stay: 'newest', offersChoice: false },
  endLeastRecentlyUsed: { ends: true, stay: 'lastUsed', offersChoice: false },
  denyNew: { ends: false, stay: 'newest', offersChoice: false },
  askUser: { ends: false, stay: 'newest', offersChoice: true },
} satisfies Record<OverflowBehavior, OverflowRule>;
