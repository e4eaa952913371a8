import type { Application, SessionLifetimes, User } from '../directory.js';
import type { ApplicationId, UserId } from '../ids.js';

/** Users and applications, for showing them beside sessions. */
export interface Directory {
  /** The users that exist among the ids. */
  findUsers(ids: readonly UserId[]): Promise<ReadonlyMap<UserId, User>>;
  /** Every active application. May be a few seconds old. */
  listApplications(): Promise<ReadonlyMap<ApplicationId, Application>>;
  /** The lifetimes of an application, or of the tenant; null when there is no such one. May be a few seconds old. */
  findLifetimes(applicationId: ApplicationId | null): Promise<SessionLifetimes | null>;
}
