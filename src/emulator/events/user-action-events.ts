import type { EventInfo } from '../http/json-schemas.js';
import type { UserActionLog } from '../store/action-records.js';
import type { User } from '../store/records.js';
import type { EventDraft } from './event-publisher.js';

/** The phase `end` of a temporal action is never fired: nothing runs in the emulator when an action expires. */
export function userActionTaken(
  user: User,
  log: UserActionLog,
  phase: 'start' | 'modify' | 'cancel',
  info: EventInfo,
): EventDraft {
  const { id, name, actioneeUserId, actionerUserId, applicationIds = [], comment, expiry, option } = log;
  return {
    type: 'user.action',
    tenantId: user.tenantId,
    info,
    action: name,
    actionId: id,
    actioneeUserId,
    actionerUserId,
    applicationIds,
    comment,
    expiry,
    option,
    phase,
    notifyUser: false,
    emailedUser: false,
  };
}
