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

// graphql-jit 0.8.9 puts what follows such a mark into the code it compiles, as it stands.
const mark = '__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74d';
const attack = `${mark}(globalThis.wasRun = true, 0)`;

/** Queries whose text is meant to become code. */
export const attackingQueries = [
  `{ session(id: "${attack}") { id } }`,
  `{ session(id: "\\u005f${attack.slice(1)}") { id } }`,
  `{ session(id: """${attack}""") { id } }`,
  `{ sessions(userId: "${unknownId}", filter: { deviceTypes: ["${attack}"] }) { id } }`,
  `query ($id: ID = "${attack}") { session(id: $id) { id } }`,
];
