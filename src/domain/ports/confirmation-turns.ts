import type { ApplicationId, SessionId, TenantId, UserId } from '../ids.js';

/**
 * Decides which replica asks FusionAuth whether the sessions of a user live, so that one asks for all. Times are
 * durations, because replicas share no clock.
 */
export interface ConfirmationTurns {
  /**
   * Takes the turn of each user about whom no recent answer is known and whose turn nobody else has. Gives a turn for
   * each question, in their order.
   * @throws StoreUnavailableError when nobody can tell: then each process asks for itself.
   */
  take(questions: readonly ConfirmationQuestion[]): Promise<readonly ConfirmationTurn[]>;
  /**
   * Shares the answer of FusionAuth, null when it could not be asked, and gives the turn back. Never rejects: a turn
   * that is not given back ends by itself.
   */
  say(turn: TakenTurn, answer: ConfirmedUser | null): Promise<void>;
}

export interface ConfirmationQuestion {
  readonly tenantId: TenantId | null;
  readonly userId: UserId;
  /** How old an answer may be, in milliseconds. */
  readonly maxAgeMs: number;
}

export interface TakenTurn {
  readonly kind: 'ask';
  readonly question: ConfirmationQuestion;
  /** Names the turn. */
  readonly id: string;
}

export type ConfirmationTurn =
  | TakenTurn
  /** Another replica is asking. */
  | { readonly kind: 'wait' }
  /** Another replica has asked, at most `ageMs` milliseconds ago. */
  | { readonly kind: 'known'; readonly ageMs: number; readonly answer: ConfirmedUser };

export interface ConfirmedUser {
  /** False when the user is deactivated. */
  readonly isActive: boolean;
  readonly sessions: readonly { readonly id: SessionId; readonly applicationId: ApplicationId | null }[];
}

/** How long a turn lasts that nobody gives back, in milliseconds: longer than calls to FusionAuth take. */
export const confirmationTurnMs = 15_000;
