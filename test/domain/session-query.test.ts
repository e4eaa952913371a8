import { describe, expect, it } from 'vitest';
import {
  byNewest,
  liveSessions,
  type SessionFilter,
  type SessionOrder,
  selectSessions,
  stateOf,
} from '../../src/domain/session-query.js';
import { console, session, shop } from '../support/sessions.js';

const now = 1_000;

const phone = session({ number: 1, lastAccessedAt: 500, expiresAt: 2_000, deviceType: 'MOBILE' });
const laptop = session({ number: 2, lastAccessedAt: 300, expiresAt: 3_000, deviceType: 'Laptop' });
const consolePc = session({ number: 3, applicationId: console, lastAccessedAt: null, expiresAt: null });
const sso = session({ number: 4, applicationId: null, lastAccessedAt: 400, expiresAt: 2_000 });
const expired = session({ number: 5, lastAccessedAt: 100, expiresAt: 999 });
const all = [consolePc, phone, expired, sso, laptop];

function selected(filter: Partial<SessionFilter>, order: SessionOrder = byNewest): readonly number[] {
  return selectSessions(all, { ...liveSessions, ...filter }, order, now).map(({ id }) => Number(id.slice(-12)));
}

describe('which sessions are selected', () => {
  it.each<[string, Partial<SessionFilter>, readonly number[]]>([
    ['the live ones by default', {}, [4, 3, 2, 1]],
    ['the expired ones', { states: ['expired'] }, [5]],
    ['live and expired ones', { states: ['active', 'expired'] }, [5, 4, 3, 2, 1]],
    ['none when no state is wanted', { states: [] }, []],
    ['those of an application', { applicationIds: [shop] }, [2, 1]],
    ['those of several applications, never an SSO session', { applicationIds: [console, shop] }, [3, 2, 1]],
    ['none for an empty list of applications', { applicationIds: [] }, []],
    ['SSO sessions', { kinds: ['sso'] }, [4]],
    ['none for an empty list of kinds', { kinds: [] }, []],
    ['device types without regard to case', { deviceTypes: ['mobile', 'LAPTOP'] }, [2, 1]],
    ['none of an unknown device type when types are wanted', { deviceTypes: ['TV'] }, []],
    ['those created from an instant on, inclusive', { createdAt: { after: 3, before: null } }, [4, 3]],
    ['those created before an instant, exclusive', { createdAt: { after: null, before: 3 } }, [2, 1]],
    ['those created in a span', { createdAt: { after: 2, before: 4 } }, [3, 2]],
    ['every one for a span open at both ends', { createdAt: { after: null, before: null } }, [4, 3, 2, 1]],
    [
      'those last used in a span, never one of unknown use',
      { lastAccessedAt: { after: null, before: null } },
      [4, 2, 1],
    ],
    ['only those that match everything', { applicationIds: [shop], deviceTypes: ['mobile'] }, [1]],
  ])('%s', (_what, filter, expected) => {
    expect(selected(filter)).toEqual(expected);
  });
});

describe('their order', () => {
  it.each<[SessionOrder['field'], SessionOrder['direction'], readonly number[]]>([
    ['createdAt', 'descending', [4, 3, 2, 1]],
    ['createdAt', 'ascending', [1, 2, 3, 4]],
    ['lastAccessedAt', 'descending', [1, 4, 2, 3]],
    ['lastAccessedAt', 'ascending', [2, 4, 1, 3]],
    ['expiresAt', 'descending', [2, 4, 1, 3]],
    ['expiresAt', 'ascending', [4, 1, 2, 3]],
  ])('by %s, %s: sessions without the instant last, equal ones newest first', (field, direction, expected) => {
    expect(selected({}, { field, direction })).toEqual(expected);
  });

  it('leaves the list it was given as it was', () => {
    const before = [...all];
    selectSessions(Object.freeze(all), liveSessions, byNewest, now);
    expect(all).toEqual(before);
  });
});

it('calls a session expired from the millisecond after its last', () => {
  expect([999, 1_000].map((at) => stateOf(expired, at))).toEqual(['active', 'expired']);
});
