import type { JwtConfiguration } from './records.js';

/** The id used for the default tenant throughout FusionAuth's documentation. */
export const defaultTenantId = '30663132-6464-6665-3032-326466613934';

/** FusionAuth's own admin application; every installation has it under this id. */
export const fusionAuthApplicationId = '3c219e58-ed0e-4b18-ad48-f4f92793ae32';

/** Id of the RSA key that signs tokens unless a configuration names another. FusionAuth makes it up; here it is fixed. */
export const defaultSigningKeyId = 'f1e2d3c4-b5a6-4978-8a9b-0c1d2e3f4a5b';

/**
 * The OpenID Connect shadow keys of every installation: tokens signed with one of them are signed with the client secret
 * of the application (FusionAuth documentation, default entities).
 */
export const shadowKeys: Readonly<Record<string, 'HS256' | 'HS384' | 'HS512'>> = {
  '092dbedc-30af-4149-9c61-b578f2c72f59': 'HS256',
  '4b8f1c06-518e-45bd-9ac5-d549686ae02a': 'HS384',
  'c753a44d-7f2e-48d3-bc4e-c2c16488a23b': 'HS512',
};

/** A JSON Web Token configuration in which every member may be left out. */
export type JwtConfigurationInput = {
  readonly [K in keyof JwtConfiguration]?: JwtConfiguration[K] | undefined;
};

/**
 * Fills a configuration with FusionAuth's documented defaults (tenant API, `jwtConfiguration`): access tokens live an
 * hour, refresh tokens 30 days, and tokens are revoked when a password changes or a login is prevented.
 */
export function jwtConfigurationWithDefaults(input: JwtConfigurationInput): JwtConfiguration {
  const { enabled, ...members } = input;
  return {
    ...members,
    ...(enabled === undefined ? {} : { enabled }),
    accessTokenKeyId: input.accessTokenKeyId ?? defaultSigningKeyId,
    idTokenKeyId: input.idTokenKeyId ?? defaultSigningKeyId,
    timeToLiveInSeconds: input.timeToLiveInSeconds ?? 3_600,
    refreshTokenTimeToLiveInMinutes: input.refreshTokenTimeToLiveInMinutes ?? 43_200,
    refreshTokenExpirationPolicy: input.refreshTokenExpirationPolicy ?? 'Fixed',
    refreshTokenSlidingWindowConfiguration: input.refreshTokenSlidingWindowConfiguration ?? {
      maximumTimeToLiveInMinutes: 43_200,
    },
    refreshTokenUsagePolicy: input.refreshTokenUsagePolicy ?? 'Reusable',
    refreshTokenOneTimeUseConfiguration: input.refreshTokenOneTimeUseConfiguration ?? { gracePeriodInSeconds: 0 },
    refreshTokenRevocationPolicy: {
      onLoginPrevented: true,
      onPasswordChanged: true,
      onMultiFactorEnable: false,
      onOneTimeTokenReuse: false,
      ...input.refreshTokenRevocationPolicy,
    },
  };
}
