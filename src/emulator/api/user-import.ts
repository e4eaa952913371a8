import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { type ApiScope, requireApiKey } from '../http/api-key-auth.js';
import { fieldError, missing } from '../http/errors-json.js';
import { uuidJson } from '../http/json-schemas.js';
import { readJson } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import { newRegistration, newUser, withoutUndefined } from '../store/creators.js';
import { newId } from '../store/new-id.js';
import type { Tenant, User } from '../store/records.js';
import { announceKept } from './kept-documents.js';
import { tenantForNew } from './tenant-choice.js';

const basePath = '/api/user/import';

/** The documented default of `encryptionScheme`; the only one that the emulator can check a password by. */
const checkedScheme = 'salted-pbkdf2-hmac-sha256';

/** The documented default of `factor` under that scheme. */
const defaultFactor = 24_000;

/**
 * `/api/user/import`: takes users over with their registrations, memberships and passwords, all of them or none, without
 * any event. A password is plain text unless an `encryptionScheme` or a `salt` comes with it. Users whose passwords are
 * hashed by another scheme than PBKDF2 are imported and cannot sign in by password, which the emulator says.
 */
export function registerUserImport(routes: RouteTable, context: EmulatorContext): void {
  const { store, clock } = context;

  routes.post(basePath, async (request, reply) => {
    const scope = requireApiKey(context, request, basePath);
    const { users: given, encryptionScheme, factor } = readJson(request, importRequest);
    if (given === undefined || given.length === 0) {
      throw missing('users');
    }
    const users = given.map((members, index) => build(scope, members, index));
    requireDifferent(users);
    for (const [index, user] of users.entries()) {
      store.users.put(user);
      takePassword(user, { encryptionScheme, factor, ...withoutUndefined(given[index] ?? {}) });
    }
    return reply.send();
  });

  function build(scope: ApiScope, members: ImportedUser, index: number): User {
    const { password, salt: _salt, factor: _factor, encryptionScheme: _scheme, ...kept } = members;
    const field = (name: string) => `users[${index}].${name}`;
    if (members.email === undefined && members.username === undefined) {
      throw fieldError('blank', field('email'), 'You must specify an email or a username.');
    }
    const tenant = tenantForNew(store, scope, members.tenantId);
    if (members.id !== undefined && store.users.get(members.id) !== undefined) {
      throw fieldError('duplicate', field('id'), 'A User with this id already exists.');
    }
    const { email = '', username = '' } = members;
    if (store.users.findByEmail(tenant.id, email) !== undefined) {
      throw fieldError('duplicate', field('email'), 'A User with this email already exists.');
    }
    if (store.users.findByUsername(tenant.id, username) !== undefined) {
      throw fieldError('duplicate', field('username'), 'A User with this username already exists.');
    }
    const now = clock.now();
    const user = newUser({ ...kept, memberships: [], registrations: [] }, tenant.id, now);
    user.registrations = (members.registrations ?? []).map((registration) => {
      requireApplication(tenant, registration.applicationId, field('registrations'));
      return { ...newRegistration(registration.applicationId, now), ...withoutUndefined(registration) };
    });
    user.memberships = (members.memberships ?? []).map((membership) => {
      if (store.groups.get(membership.groupId)?.tenantId !== tenant.id) {
        throw fieldError('invalid', field('memberships'), `The group [${membership.groupId}] does not exist.`);
      }
      const { groupId, ...more } = membership;
      return { id: newId(), insertInstant: now, ...withoutUndefined(more), groupId };
    });
    return password === undefined ? user : { ...user, passwordLastUpdateInstant: now };
  }

  function requireApplication(tenant: Tenant, applicationId: string, field: string): void {
    if (store.applications.get(applicationId)?.tenantId !== tenant.id) {
      throw fieldError('invalid', field, `The application [${applicationId}] does not exist.`);
    }
  }

  function takePassword({ id }: User, { password, salt, encryptionScheme, factor }: ImportedPassword): void {
    if (password === undefined) {
      return;
    }
    const scheme = encryptionScheme ?? (salt === undefined ? undefined : checkedScheme);
    if (scheme === undefined) {
      store.passwords.set(id, password);
    } else if (scheme === checkedScheme) {
      store.passwords.setHash({ userId: id, salt: salt ?? '', hash: password, pbkdf2Factor: factor ?? defaultFactor });
    } else {
      announceKept(context, { name: `passwords hashed by ${scheme}`, basePath });
    }
  }
}

/** The users of one request may not share what must be unique. */
function requireDifferent(users: readonly User[]): void {
  for (const name of ['id', 'email', 'username'] as const) {
    const values = users.flatMap((user) =>
      user[name] === undefined ? [] : [`${user.tenantId} ${user[name]}`.toLowerCase()],
    );
    if (new Set(values).size < values.length) {
      throw fieldError('duplicate', `users.${name}`, `Two users of this request have the same [${name}].`);
    }
  }
}

const passwordJson = {
  password: z.string().optional(),
  salt: z.string().optional(),
  encryptionScheme: z.string().optional(),
  factor: z.number().int().positive().optional(),
};

type ImportedPassword = z.output<z.ZodObject<typeof passwordJson>>;

const importedUser = z.looseObject({
  ...passwordJson,
  id: uuidJson.optional(),
  tenantId: z.string().optional(),
  email: z.string().min(1).optional(),
  username: z.string().min(1).optional(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  fullName: z.string().optional(),
  imageUrl: z.string().optional(),
  active: z.boolean().optional(),
  verified: z.boolean().optional(),
  expiry: z.number().int().optional(),
  insertInstant: z.number().int().optional(),
  passwordChangeRequired: z.boolean().optional(),
  twoFactor: z.looseObject({ methods: z.array(z.unknown()).default([]) }).optional(),
  data: z.record(z.string(), z.unknown()).optional(),
  registrations: z
    .array(
      z.looseObject({
        id: uuidJson.optional(),
        applicationId: uuidJson,
        roles: z.array(z.string()).optional(),
        username: z.string().optional(),
        verified: z.boolean().optional(),
        data: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .optional(),
  memberships: z
    .array(
      z.looseObject({
        id: uuidJson.optional(),
        groupId: uuidJson,
        data: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .optional(),
});

type ImportedUser = z.output<typeof importedUser>;

const importRequest = z.object({
  users: z.array(importedUser).optional(),
  encryptionScheme: z.string().optional(),
  factor: z.number().int().positive().optional(),
});
