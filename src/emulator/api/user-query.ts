import type { User } from '../store/records.js';

/**
 * Compiles a small part of the search engine's query-string language: terms joined by blanks, all of which must match.
 * A term is `*`, `field:value` for a member of the user, or text looked for in email address, user name and full name.
 * Values match without regard to case and may contain `*`.
 */
export function userMatcher(queryString: string): (user: User) => boolean {
  const terms = (queryString.match(/(?:[^\s"]+|"[^"]*")+/g) ?? []).filter((term) => term !== 'AND').map(termMatcher);
  return (user) => terms.every((matches) => matches(user));
}

function termMatcher(term: string): (user: User) => boolean {
  const separator = term.indexOf(':');
  if (separator > 0) {
    const field = term.slice(0, separator);
    const pattern = wildcard(term.slice(separator + 1));
    return (user) => fieldValues(user, field).some((value) => pattern.test(value));
  }
  const pattern = wildcard(`*${term}*`);
  return ({ email = '', username = '', fullName = '' }) =>
    [email, username, fullName].some((text) => pattern.test(text));
}

function fieldValues(user: User, field: string): string[] {
  if (field === 'registrations.applicationId') {
    return user.registrations.map(({ applicationId }) => applicationId);
  }
  const value: unknown = Reflect.get(user, field);
  return value === undefined || typeof value === 'object' ? [] : [`${value}`];
}

function wildcard(value: string): RegExp {
  const source = value
    .replaceAll('"', '')
    .split('*')
    .map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`, 'is');
}
