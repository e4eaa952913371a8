import { z } from 'zod';
import { fieldError } from '../http/errors-json.js';
import { uuidJson } from '../http/json-schemas.js';
import type { JwtConfiguration } from '../store/records.js';
import type { SigningKeys } from '../tokens/signing-keys.js';

/** `jwtConfiguration` of a tenant or an application in a request. */
export const jwtConfigurationJson = z.looseObject({
  enabled: z.boolean().optional(),
  accessTokenKeyId: uuidJson.optional(),
  idTokenKeyId: uuidJson.optional(),
  timeToLiveInSeconds: z.number().int().optional(),
  refreshTokenTimeToLiveInMinutes: z.number().int().optional(),
  refreshTokenExpirationPolicy: z.enum(['Fixed', 'SlidingWindow', 'SlidingWindowWithMaximumLifetime']).optional(),
  refreshTokenSlidingWindowConfiguration: z
    .object({ maximumTimeToLiveInMinutes: z.number().int().default(43_200) })
    .optional(),
  refreshTokenUsagePolicy: z.enum(['Reusable', 'OneTimeUse']).optional(),
  refreshTokenOneTimeUseConfiguration: z.object({ gracePeriodInSeconds: z.number().int().default(0) }).optional(),
  refreshTokenRevocationPolicy: z
    .object({
      onLoginPrevented: z.boolean().default(true),
      onPasswordChanged: z.boolean().default(true),
      onMultiFactorEnable: z.boolean().default(false),
      onOneTimeTokenReuse: z.boolean().default(false),
    })
    .optional(),
});

/** The grace period must be shorter than a day (FusionAuth documentation, JWT configuration, since 1.55.1). */
const gracePeriodLimitSeconds = 86_400;

/**
 * Checks the documented ranges. The codes are `[invalid]` followed by the path; the documentation names the ranges and
 * not the codes.
 */
export function checkJwtConfiguration(
  keys: Pick<SigningKeys, 'has'>,
  configuration: JwtConfiguration,
  path: string,
): void {
  const check = (holds: boolean, member: string, message: string) => {
    if (!holds) {
      throw fieldError('invalid', `${path}.${member}`, message);
    }
  };
  for (const member of ['accessTokenKeyId', 'idTokenKeyId'] as const) {
    const id = configuration[member];
    check(id === undefined || keys.has(id), member, `There is no key with the id [${id}].`);
  }
  const { refreshTokenTimeToLiveInMinutes: lifetime, refreshTokenExpirationPolicy: policy } = configuration;
  const { maximumTimeToLiveInMinutes: maximum } = configuration.refreshTokenSlidingWindowConfiguration;
  const { gracePeriodInSeconds: grace } = configuration.refreshTokenOneTimeUseConfiguration;
  check(configuration.timeToLiveInSeconds > 0, 'timeToLiveInSeconds', 'The value must be greater than 0.');
  check(lifetime > 0, 'refreshTokenTimeToLiveInMinutes', 'The value must be greater than 0.');
  check(
    policy !== 'SlidingWindowWithMaximumLifetime' || maximum >= lifetime,
    'refreshTokenSlidingWindowConfiguration.maximumTimeToLiveInMinutes',
    'The maximum lifetime must not be less than the refresh token lifetime.',
  );
  check(
    grace >= 0 && grace < gracePeriodLimitSeconds,
    'refreshTokenOneTimeUseConfiguration.gracePeriodInSeconds',
    'The value must be from 0 to less than 86,400.',
  );
}
