import type { SessionEndReason } from '../../operations/operations.js';
import { reasonsOfPeople } from '../texts.js';

/** What somebody had written about an ending when their sign-in ended. */
interface Draft {
  /** Who wrote it. */
  readonly viewerId: string | null;
  /** Whose sessions were to end. */
  readonly userId: string;
  readonly reason: SessionEndReason;
  readonly comment: string;
}

const key = 'fusionauth-sessions-console:draft';

/** That of the person who is signed in. */
let claimed: Draft | null = null;

/** Keeps it over the next sign-in in this tab. */
export function keepDraft({ viewerId, userId, reason, comment }: Draft): void {
  if (comment === '') return;
  try {
    sessionStorage.setItem(key, JSON.stringify({ viewerId, userId, reason, comment }));
  } catch {
    // Then it has to be written again.
  }
}

/** Takes it out of the storage, whoever has signed in. Only who wrote it is shown it. */
export function claimDraft(viewerId: string | null): void {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(key) ?? 'null');
    sessionStorage.removeItem(key);
    if (isDraft(kept) && kept.viewerId === viewerId) claimed = kept;
  } catch {
    // Nothing was kept.
  }
}

/** What was written about sessions of this user, once. */
export function takeDraft(userId: string): Draft | null {
  const draft = claimed;
  if (draft?.userId !== userId) return null;
  claimed = null;
  return draft;
}

/** Another version of the console may have written it. */
function isDraft(value: unknown): value is Draft {
  if (typeof value !== 'object' || value === null) return false;
  const { viewerId, userId, reason, comment }: Partial<Record<keyof Draft, unknown>> = value;
  const areTexts = typeof userId === 'string' && typeof comment === 'string';
  const isReason = reasonsOfPeople.some((one) => one === reason);
  return areTexts && isReason && (viewerId === null || typeof viewerId === 'string');
}
