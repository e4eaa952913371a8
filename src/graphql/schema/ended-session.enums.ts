import { registerEnumType } from 'type-graphql';
import type {
  InitiatingEntity as InitiatingEntityValue,
  SessionEndReason as SessionEndReasonValue,
} from '../../domain/ended-session.js';

export const SessionEndReason = {
  USER_LOGOUT: 'USER_LOGOUT',
  USER_REQUEST: 'USER_REQUEST',
  ADMIN_REQUEST: 'ADMIN_REQUEST',
  SINGLE_SESSION_POLICY: 'SINGLE_SESSION_POLICY',
  SESSION_LIMIT_EXCEEDED: 'SESSION_LIMIT_EXCEEDED',
  CREDENTIAL_CHANGED: 'CREDENTIAL_CHANGED',
  ACCOUNT_DISABLED: 'ACCOUNT_DISABLED',
  SUSPECTED_COMPROMISE: 'SUSPECTED_COMPROMISE',
  INCIDENT_RESPONSE: 'INCIDENT_RESPONSE',
  OTHER: 'OTHER',
} as const satisfies { [Name in SessionEndReasonValue]: Name };
registerEnumType(SessionEndReason, {
  name: 'SessionEndReason',
  description: 'Why a session was ended.',
  valuesConfig: {
    USER_LOGOUT: { description: 'The user signed out of this session.' },
    USER_REQUEST: { description: 'The user ended it from another session.' },
    ADMIN_REQUEST: { description: 'An administrator ended it.' },
    SINGLE_SESSION_POLICY: { description: 'Only one session may live, and a newer one does.' },
    SESSION_LIMIT_EXCEEDED: { description: 'Only so many sessions may live, and newer ones do.' },
    CREDENTIAL_CHANGED: { description: 'A password or another credential was changed.' },
    ACCOUNT_DISABLED: { description: 'The account was locked, deactivated or deleted.' },
    SUSPECTED_COMPROMISE: { description: 'The session or its account may be in the wrong hands.' },
    INCIDENT_RESPONSE: { description: 'It was ended, with others, in response to an incident.' },
    OTHER: { description: 'None of the other reasons; the comment may say more.' },
  },
});

export const InitiatingEntity = {
  ADMIN: 'ADMIN',
  USER: 'USER',
  POLICY: 'POLICY',
  SYSTEM: 'SYSTEM',
} as const satisfies { [Name in InitiatingEntityValue]: Name };
registerEnumType(InitiatingEntity, {
  name: 'InitiatingEntity',
  description: 'The initiator of a revocation: the values of initiating_entity in OpenID CAEP.',
  valuesConfig: {
    ADMIN: { description: 'An administrator.' },
    USER: { description: 'The user.' },
    POLICY: { description: 'A rule, such as a session limit.' },
    SYSTEM: { description: 'A system, by a signal that it received.' },
  },
});
