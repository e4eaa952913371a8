import type { User, UserIdentity } from '../store/records.js';
import { twoFactorMethods } from '../two-factor.js';

/** A user as the API returns it: with its identities (since 1.59.0) and without any credential. */
export function userJson(user: User): User & { identities: UserIdentity[]; uniqueUsername?: string } {
  const { recoveryCodes: _codes, ...twoFactor } = user.twoFactor;
  return {
    ...user,
    twoFactor: { ...twoFactor, methods: twoFactorMethods(user) },
    identities: identitiesOf(user),
    ...(user.username === undefined ? {} : { uniqueUsername: user.username }),
  };
}

function identitiesOf(user: User): UserIdentity[] {
  return (['email', 'username', 'phoneNumber'] as const).flatMap((type) => {
    const value = user[type];
    return value === undefined ? [] : [identity(user, type, value)];
  });
}

/** The verification of a user record counts for the email address alone; other identities verify separately. */
function identity(user: User, type: UserIdentity['type'], value: string): UserIdentity {
  return {
    type,
    value: type === 'email' ? value.toLowerCase() : value,
    displayValue: value,
    primary: true,
    verified: type === 'email' && user.verified,
    insertInstant: user.insertInstant,
    lastUpdateInstant: user.lastUpdateInstant,
  };
}
