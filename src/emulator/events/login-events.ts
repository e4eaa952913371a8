import { userJson } from '../api/user-json.js';
import type { EventInfo } from '../http/json-schemas.js';
import { fusionAuthConnectorId } from '../store/default-entities.js';
import type { User } from '../store/records.js';
import type { EventDraft } from './event-publisher.js';

/** @param applicationId - absent when none was named or the user is not registered for it. */
export function loginSucceeded(
  user: User,
  applicationId: string | undefined,
  info: EventInfo,
  authenticationType = 'PASSWORD',
): EventDraft {
  return {
    type: 'user.login.success',
    connectorId: fusionAuthConnectorId,
    ...loginMembers(user, applicationId, info, authenticationType),
  };
}

/** Fired for a wrong password, not for an unknown user. */
export function loginFailed(user: User, applicationId: string | undefined, info: EventInfo): EventDraft {
  return {
    type: 'user.login.failed',
    reason: { code: 'credentials' },
    ...loginMembers(user, applicationId, info, 'PASSWORD'),
  };
}

function loginMembers(user: User, applicationId: string | undefined, info: EventInfo, authenticationType: string) {
  return {
    tenantId: user.tenantId,
    info,
    ...(applicationId === undefined ? {} : { applicationId }),
    authenticationType,
    ...(info.ipAddress === undefined ? {} : { ipAddress: info.ipAddress }),
    user: userJson(user),
  };
}
