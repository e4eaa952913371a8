/** A kind of action that can be taken on users, for example a lock. */
export interface UserAction {
  id: string;
  name: string;
  active: boolean;
  temporal: boolean;
  /** An action of this kind keeps the user from signing in. */
  preventLogin: boolean;
  insertInstant: number;
  lastUpdateInstant: number;
}

/** An action taken on a user. */
export interface UserActionLog {
  id: string;
  userActionId: string;
  name: string;
  actioneeUserId: string;
  actionerUserId: string;
  /** Empty or absent: every application. */
  applicationIds?: string[];
  comment?: string;
  /** When a temporal action ends. */
  expiry?: number;
  option?: string;
  insertInstant: number;
}
