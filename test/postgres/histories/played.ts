import type { SignedIn, TestUser } from '../../support/users.js';
import type { History, Rule, Who } from './script.js';

/** One user's history while it is played. */
export interface Played {
  readonly history: History;
  readonly user: TestUser;
  readonly signIns: SignedIn[];
  /** What was asked about this user, by the note that went with it: nothing else has that note. */
  readonly asked: Map<string, Asked>;
  /** Sessions that somebody else has ended at FusionAuth. */
  readonly foreign: Set<string>;
  /** Set once FusionAuth is asked to delete the user. */
  isDeleted: boolean;
  /** Whether FusionAuth's reports of what happened got lost. */
  readonly losesWebhooks: boolean;
}

export interface Asked {
  readonly by: Who;
  readonly reason: string;
  /** The session that was named to be ended; null where a rule chose. */
  readonly sessionId: string | null;
  /** `withSso`: the SSO sessions of the user end besides. */
  readonly rule: Rule | 'others' | 'withSso' | null;
}

export interface Tally {
  histories: number;
  sessions: number;
  ended: number;
  kills: number;
  cuts: number;
  /** How often a process got no time, and how often one could not reach the database. */
  pauses: number;
  outages: number;
  databaseRestarts: number;
  /** Calls that nobody answered. */
  unanswered: number;
  /** Enforcements that answered PARTIAL or an error. */
  troubled: number;
  /** Users that FusionAuth has deleted, and endings by the session policy. */
  deleted: number;
  byPolicy: number;
  /** Endings whose event came before it was known who had ended the session, and whose record says so now. */
  completed: number;
  /** Endings of a process that was killed after it could not announce what it ended. */
  unattributed: number;
}

export function newTally(): Tally {
  const happened = { kills: 0, cuts: 0, pauses: 0, outages: 0, databaseRestarts: 0, unanswered: 0, troubled: 0 };
  return { histories: 0, sessions: 0, ended: 0, ...happened, deleted: 0, byPolicy: 0, completed: 0, unattributed: 0 };
}
