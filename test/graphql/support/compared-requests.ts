import { unknownId } from './lists-document.js';
import type { Request } from './same-answers.js';

/** Requests about one user, `i`, and what each is for. */
export const comparedRequests: readonly (readonly [string, Request])[] = [
  ['the caller', { query: '{ viewer { __typename kind name userId permissions tenantIds user { id } } }' }],
  ['nothing but the type', { query: '{ __typename }' }],
  ['the schema', { query: '{ __schema { queryType { name } } __type(name: "Session") { name } }' }],
  ['aliases of one field', { query: 'query ($i: ID!) { a: user(id: $i) { x: id y: id } b: user(id: $i) { email } }' }],
  ['merged selections', { query: 'query ($i: ID!) { user(id: $i) { id } user(id: $i) { email } }' }],
  ['an unknown user', { query: 'query ($i: ID!) { user(id: $i) { id } }', variables: { i: unknownId } }],
  ['a text in the document', { query: `{ session(id: "${unknownId}") { id } }` }],
  ['a name like __proto__', { query: 'query ($i: ID!) { __proto__: user(id: $i) { __proto__: id } }' }],
  ['a name like constructor', { query: 'query ($i: ID!) { constructor: user(id: $i) { toString: id } }' }],
];
