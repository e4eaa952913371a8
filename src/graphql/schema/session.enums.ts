import { registerEnumType } from 'type-graphql';
import type { Session } from '../../domain/session.js';
import type { SessionOrder, SessionState as SessionStateValue } from '../../domain/session-query.js';
import { namesFor } from './enum-names.js';

export const SessionKind = namesFor<Session['kind']>()({ APPLICATION: 'application', SSO: 'sso' });
registerEnumType(SessionKind, {
  name: 'SessionKind',
  description: 'What a session signs the user in to.',
  valuesConfig: {
    APPLICATION: { description: 'One application: a refresh token with an applicationId.' },
    SSO: {
      description:
        "FusionAuth's hosted login pages, which then sign the user in to applications without a password. It belongs to no application.",
    },
  },
});

export const SessionState = namesFor<SessionStateValue>()({ ACTIVE: 'active', EXPIRED: 'expired' });
registerEnumType(SessionState, {
  name: 'SessionState',
  description: 'Whether a session can still be used.',
  valuesConfig: {
    ACTIVE: { description: 'Its refresh token can be exchanged, according to the settings.' },
    EXPIRED: { description: 'Its lifetime is over, though FusionAuth still lists it.' },
  },
});

export const SessionOrderField = namesFor<SessionOrder['field']>()({
  CREATED_AT: 'createdAt',
  LAST_ACCESSED_AT: 'lastAccessedAt',
  EXPIRES_AT: 'expiresAt',
});
registerEnumType(SessionOrderField, {
  name: 'SessionOrderField',
  description: 'The instant that sessions are ordered by.',
  valuesConfig: {
    CREATED_AT: { description: 'When the session began. Sessions of one instant are ordered by id.' },
    LAST_ACCESSED_AT: { description: 'When the session was last used. Sessions never used come last.' },
    EXPIRES_AT: { description: 'When the session expires. Sessions of unknown lifetime come last.' },
  },
});

export const OrderDirection = namesFor<SessionOrder['direction']>()({ ASC: 'ascending', DESC: 'descending' });
registerEnumType(OrderDirection, {
  name: 'OrderDirection',
  description: 'The direction of an order.',
  valuesConfig: { ASC: { description: 'Earliest first.' }, DESC: { description: 'Latest first.' } },
});
