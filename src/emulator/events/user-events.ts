import { userJson } from '../api/user-json.js';
import type { EventInfo } from '../http/json-schemas.js';
import type { User, UserRegistration } from '../store/records.js';
import type { EventDraft } from './event-publisher.js';

/** An event that carries the user and nothing else. */
export function userChanged(
  type: 'user.create' | 'user.deactivate' | 'user.delete' | 'user.reactivate',
  user: User,
  info: EventInfo,
): EventDraft {
  return { type, ...base(user, info), user: userJson(user) };
}

export function userUpdated(original: User, user: User, info: EventInfo): EventDraft {
  return { type: 'user.update', ...base(user, info), original: userJson(original), user: userJson(user) };
}

/** Needs a licence with threat detection on a real instance. */
export function passwordUpdated(user: User, info: EventInfo): EventDraft {
  return { type: 'user.password.update', ...base(user, info), user: userJson(user) };
}

export function registrationChanged(
  type:
    | 'user.registration.create'
    | 'user.registration.create.complete'
    | 'user.registration.delete'
    | 'user.registration.update',
  user: User,
  registration: UserRegistration,
  info: EventInfo,
  original?: UserRegistration,
): EventDraft {
  return {
    type,
    ...base(user, info),
    applicationId: registration.applicationId,
    ...(original === undefined ? {} : { original }),
    registration,
    user: userJson(user),
  };
}

function base(user: User, info: EventInfo): { tenantId: string; info: EventInfo; linkedObjectId: string } {
  return { tenantId: user.tenantId, info, linkedObjectId: user.id };
}
