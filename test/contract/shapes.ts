import { z } from 'zod';

/**
 * The parts of FusionAuth's answers that the service relies on. Anything else may be there or not.
 * @see https://fusionauth.io/docs/apis/jwt, https://fusionauth.io/docs/apis/login
 */
const instant = z.int().positive();

export const refreshToken = z.looseObject({
  id: z.guid(),
  userId: z.guid(),
  applicationId: z.guid().optional(),
  insertInstant: instant,
  startInstant: instant,
  metaData: z
    .looseObject({
      device: z
        .looseObject({
          name: z.string().optional(),
          description: z.string().optional(),
          type: z.string().optional(),
          lastAccessedAddress: z.string().optional(),
          lastAccessedInstant: instant.optional(),
        })
        .optional(),
    })
    .optional(),
});
export type RefreshToken = z.output<typeof refreshToken>;

/** `[]`, a missing member and an empty body all mean that there are none: the documentation shows no empty list. */
export const refreshTokenList = z
  .looseObject({ refreshTokens: z.array(refreshToken).optional() })
  .optional()
  .transform((body) => body?.refreshTokens ?? []);

export const oneRefreshToken = z.looseObject({ refreshToken }).transform((body) => body.refreshToken);

/** The answer to a login that created a session, and to an exchange. */
export const signedIn = z.looseObject({
  token: z.string(),
  refreshToken: z.string(),
  refreshTokenId: z.guid(),
});
export type SignedIn = z.output<typeof signedIn>;

export const errors = z.looseObject({
  fieldErrors: z.record(z.string(), z.array(z.looseObject({ code: z.string() }))).default({}),
  generalErrors: z.array(z.looseObject({ code: z.string() })).default([]),
});

export const userList = z
  .looseObject({ users: z.array(z.looseObject({ id: z.guid(), active: z.boolean() })).optional() })
  .transform((body) => body.users ?? []);

/** Loose, because lists hold what others created on the instance; each promise looks closely at its own. */
export const applicationList = z.looseObject({
  applications: z.array(
    z.looseObject({ id: z.guid(), jwtConfiguration: z.looseObject({ enabled: z.boolean().optional() }).optional() }),
  ),
});

export const tenantList = z.looseObject({ tenants: z.array(z.looseObject({ id: z.guid() })) });
