import { expect, it } from 'vitest';
import { decodeTenant, decodeUser } from '../../src/fusionauth/decode.js';

const id = '00000000-0000-0000-0000-000000000001';

it.each([null, 'false', 0, {}])('a user is not deactivated by %j, which does not say so', (active) => {
  expect(decodeUser({ id, active }).active).toBe(true);
  expect(decodeUser({ id, active: false }).active).toBe(false);
});

it.each([0, -5, 0.4, Number.NaN])('a lifetime of %d is not known', (odd) => {
  const jwtConfiguration = { timeToLiveInSeconds: odd, refreshTokenTimeToLiveInMinutes: odd };
  const tenant = decodeTenant({ id, jwtConfiguration, httpSessionMaxInactiveInterval: odd });
  expect(tenant.ssoLifetimeSeconds).toBeNull();
  expect(tenant.jwt).toMatchObject({ accessTokenLifetimeSeconds: null, refreshTokenLifetimeMinutes: null });
});
