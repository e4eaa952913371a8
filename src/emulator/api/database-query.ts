import { starPattern, type UserQuery } from './user-query.js';

/**
 * The language of the database engine: one term, in which `*` stands for any characters, compared with the whole of the
 * names, the address and the user name. Everything else, blanks included, is meant as it stands.
 * @see https://fusionauth.io/docs/lifecycle/manage-users/search/search#limitations
 */
export function databaseQuery(text: string): UserQuery {
  if (text === '*') {
    return { kind: 'all' };
  }
  const pattern = starPattern(text);
  const searched = ['firstName', 'lastName', 'fullName', 'email', 'username'];
  return { kind: 'or', of: searched.map((field) => ({ kind: 'equals', field, pattern })) };
}
