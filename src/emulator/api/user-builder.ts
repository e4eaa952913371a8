import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { ApiError, fieldError } from '../http/errors-json.js';
import { checkJson } from '../http/request-input.js';
import type { BuildRequest } from '../http/resource.js';
import { newUser } from '../store/creators.js';
import type { User } from '../store/records.js';
import { checkPassword } from './password-rules.js';
import { tenantForNew } from './tenant-choice.js';

/**
 * Makes the user of a create or update request. What belongs to other endpoints or to FusionAuth itself is kept as it
 * is: registrations, memberships, instants, the tenant, and whether the user is verified.
 *
 * @throws ApiError 400 for a missing or taken login id and for a missing or short password.
 */
export function buildUser(context: EmulatorContext, { members, id, existing, scope }: BuildRequest<User>): User {
  const { store, clock } = context;
  const { user: given } = checkJson({ user: members }, z.object({ user: userJsonRequest }));
  const { password, identities: _computed, uniqueUsername: _unique, ...kept } = given;
  const tenantId = existing?.tenantId ?? tenantForNew(store, scope, given.tenantId).id;
  const now = clock.now();
  if (isBlank(given.email) && isBlank(given.username)) {
    throw new ApiError(400, {
      fieldErrors: {
        'user.email': [{ code: '[blank]user.email', message: 'You must specify an email or a username.' }],
        'user.username': [{ code: '[blank]user.username', message: 'You must specify an email or a username.' }],
      },
      generalErrors: [],
    });
  }
  if (existing === undefined || password !== undefined) {
    checkPassword(store.tenantOrThrow(tenantId), password, 'user.password');
  }
  checkFree('user.email', given.email, store.users.findByEmail(tenantId, given.email ?? ''), existing);
  checkFree('user.username', given.username, store.users.findByUsername(tenantId, given.username ?? ''), existing);
  return newUser(
    {
      ...kept,
      id,
      password,
      registrations: existing?.registrations ?? [],
      memberships: existing?.memberships ?? [],
      active: existing?.active ?? true,
      verified: given.verified ?? existing?.verified,
      insertInstant: existing?.insertInstant ?? now,
      lastLoginInstant: existing?.lastLoginInstant,
      passwordLastUpdateInstant: existing?.passwordLastUpdateInstant,
      lastUpdateInstant: now,
    },
    tenantId,
    now,
  );
}

function isBlank(value: string | undefined): boolean {
  return value === undefined || value.trim() === '';
}

function checkFree(
  field: string,
  value: string | undefined,
  holder: User | undefined,
  existing: User | undefined,
): void {
  if (value !== undefined && holder !== undefined && holder.id !== existing?.id) {
    throw fieldError('duplicate', field, `A User with [${field.split('.')[1]}] = [${value}] already exists.`);
  }
}

const userJsonRequest = z.looseObject({
  email: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  tenantId: z.string().optional(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  fullName: z.string().optional(),
  imageUrl: z.string().optional(),
  expiry: z.number().optional(),
  passwordChangeRequired: z.boolean().optional(),
  verified: z.boolean().optional(),
  twoFactor: z.looseObject({ methods: z.array(z.unknown()).default([]) }).optional(),
  data: z.record(z.string(), z.unknown()).optional(),
});
