import { type JsonObject, listOrNone } from './json.js';

/** What the answer of a search for users may have beside them, also where it leaves an empty list of users out. */
const besideUsers = ['total', 'nextResults', 'expandable'];

/** The users in the answer of a search. @see https://fusionauth.io/docs/apis/users#search-for-users */
export function usersIn(answer: JsonObject): readonly unknown[] {
  return listOrNone(answer, 'users', besideUsers);
}
