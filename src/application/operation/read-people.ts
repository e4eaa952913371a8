import { reachOf } from '../../domain/caller.js';
import type { Application, SignIn, Tenant } from '../../domain/directory.js';
import { InvalidInputError } from '../../domain/errors.js';
import type { UserId } from '../../domain/ids.js';
import { type FoundUsers, maxFoundUsers, type UserSearch } from '../../domain/ports/people.js';
import { lacksPermission } from '../authorization/access.js';
import type { OperationScope } from './operation-scope.js';

/** Shorter texts would match nearly every user, and FusionAuth would read them all. */
const minSearchCharacters = 2;

/** Longer than any e-mail address. @see RFC 3696, erratum 1690 */
export const maxSearchCharacters = 256;

/** FusionAuth looks for each word among all users, so many words would cost as much as many searches. */
export const maxSearchWords = 16;

/**
 * Users by a part of their e-mail address, user name or full name, or by their whole id.
 * @throws InvalidInputError when the text is too short or too long or has too many words, or the page is out of reach.
 */
export async function searchUsers(
  { reads }: Pick<OperationScope, 'reads'>,
  { text, skip, size }: UserSearch,
): Promise<FoundUsers> {
  const trimmed = text.trim();
  const letters = trimmed.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  if (letters < minSearchCharacters || trimmed.length > maxSearchCharacters) {
    const message = `text must have at least ${minSearchCharacters} letters or digits, and at most ${maxSearchCharacters} characters.`;
    throw new InvalidInputError(['text'], message);
  }
  if ((trimmed.match(/[\p{L}\p{N}\p{M}._']+/gu)?.length ?? 0) > maxSearchWords) {
    throw new InvalidInputError(['text'], `text must have at most ${maxSearchWords} words.`);
  }
  return reads.searchUsers({ text: trimmed, skip, size: Math.min(size, maxFoundUsers - skip) });
}

/** The applications within the bounds of a caller that may see the sessions of anyone, by name. */
export async function readApplications({
  caller,
  tenantId,
  reads,
}: Pick<OperationScope, 'caller' | 'tenantId' | 'reads'>): Promise<readonly Application[]> {
  if (reachOf(caller, 'session:read') !== 'anyone') throw lacksPermission(caller, 'session:read');
  const { applicationIds } = caller;
  const applications = await reads.applications();
  return (
    applications
      .filter(({ id }) => applicationIds === null || applicationIds.has(id))
      // A universal application belongs to no tenant, and is used in each.
      .filter((one) => tenantId === null || one.tenantId === null || one.tenantId === tenantId)
      .sort(byName)
  );
}

/** The tenants in which the caller may act, by name. Tenants without a name in FusionAuth are left out. */
export async function readTenants({
  caller,
  tenantId,
  reads,
}: Pick<OperationScope, 'caller' | 'tenantId' | 'reads'>): Promise<readonly Tenant[]> {
  const ids = caller.tenantIds ?? (tenantId === null ? null : new Set([tenantId]));
  if (ids === null) return [...(await reads.tenants())].sort(byName);
  const tenants = await Promise.all([...ids].map((id) => reads.tenant(id)));
  return tenants.filter((tenant) => tenant !== null).sort(byName);
}

/**
 * The latest sign-ins of a user. Empty for an unknown user; null when FusionAuth does not let the service read them.
 */
export async function readSignIns(
  { reads }: Pick<OperationScope, 'reads'>,
  userId: UserId,
  count: number,
): Promise<readonly SignIn[] | null> {
  // Login records are read across tenants; the user is looked for in the tenant of the operation.
  const user = await reads.user(userId);
  return user === null ? [] : reads.signIns(userId, count);
}

function byName(one: { readonly name: string | null }, other: { readonly name: string | null }): number {
  return (one.name ?? '').localeCompare(other.name ?? '', 'en');
}
