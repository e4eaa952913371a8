import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { connect } from 'node:net';

const repeat = (count, part) => Array.from({ length: count }, (_, index) => part(index));
const nested = (levels, inner) => (levels === 0 ? inner : `sessions { user { ${nested(levels - 1, inner)} } }`);
const everything =
  'id userId state createdAt lastAccessedAt expiresAt kind ipAddress scopes isCurrent device { name description type }';
const cyrillic = { deviceTypes: repeat(100, (index) => `${'ж'.repeat(200)}${index}`) };
const selfOf = (inner) => `query ($id: ID!, $filter: SessionFilter) { user(id: $id) { ${inner} } }`;
let distinct = 0;

/** The costliest known requests of a user without permissions, by name: each is a document, or a body as it is sent. */
const documents = {
  'counts nested under aliases': ({ id }) => ({
    query: selfOf(nested(3, repeat(29, (index) => `c${index}: sessionCount`).join(' '))),
    variables: { id, filter: null },
  }),
  'long texts compared again and again': ({ id }) => ({
    query: selfOf(nested(1, repeat(29, (index) => `c${index}: sessionCount(filter: $filter)`).join(' '))),
    variables: { id, filter: cyrillic },
  }),
  'names of types under aliases': ({ id }) => ({
    query: selfOf(nested(3, repeat(280, (index) => `t${index}: __typename`).join(' '))),
    variables: { id, filter: null },
  }),
  'documents of comments, never the same': () => ({
    query: `{ viewer { name } }\n${`# ${++distinct}\n`.repeat(2_000)}`,
  }),
  'documents of fields, never the same': () => ({
    query: `{ viewer { user { sessions { ${repeat(25, (index) => `a${index}x${++distinct}: createdAt`).join(' ')} } } } }`,
  }),
  'a field repeated in one selection set': () => ({ query: `{ viewer { ${'user { id } '.repeat(490)} } }` }),
  'answers as long as they may be': ({ id }) => ({
    query: `query ($id: ID!) { user(id: $id) { ${repeat(6, (index) => `s${index}: sessions(filter: { createdAt: { after: "20${10 + index}-01-01T00:00:00Z" } }) { ${everything} }`).join(' ')} } }`,
    variables: { id },
  }),
  'errors behind thousands of lines': ({ id }) => ({
    query: `${'\n'.repeat(17_000)}query ($id: ID!) { user(id: $id) { ${repeat(12, (index) => `s${index}: sessions(filter: { createdAt: { after: "20${10 + index}-01-01T00:00:00Z" } }) { user { id } }`).join(' ')} } }`,
    variables: { id },
  }),
  'pages under aliases': ({ id }) => ({
    query: `query ($id: ID!) { user(id: $id) { ${repeat(20, (index) => `p${index}: sessionsConnection(first: ${80 + index}) { totalCount edges { cursor node { id } } }`).join(' ')} } }`,
    variables: { id },
  }),
  'revocations under aliases': () => ({
    query: `{ ${repeat(20, (index) => `r${index}: revocations(first: ${100 + index}) { id }`).join(' ')} }`,
  }),
  'unknown members of an input': () => ({
    query: 'mutation ($input: RevokeSessionsInput!) { revokeSessions(input: $input) { more } }',
    variables: { input: Object.fromEntries(repeat(4_000, (index) => [`unknownMember${index}`, 1])) },
  }),
  'liveness of sessions of others': () => ({
    query: 'query ($ids: [ID!]!) { liveSessions(ids: $ids) { sessionId } }',
    variables: { ids: repeat(900, () => randomUUID()) },
  }),
  'deep JSON in variables': () =>
    `{"query":"{ viewer { name } }","variables":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`,
  'a body that is no JSON': () => '{'.repeat(90_000),
};

export const attackNames = Object.keys(documents);

/** The body of an attack by a user. */
export function bodyOf(name, user) {
  return documents[name](user);
}

/** Asks for long answers and does not read them. @returns how to end it. */
export function readNothing(url, user, connections) {
  const { port } = new URL(url);
  const body = JSON.stringify(bodyOf('answers as long as they may be', user));
  const head = `POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAuthorization: Bearer ${user.token}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  const sockets = repeat(connections, () => {
    const socket = connect({ port: Number(port), host: '127.0.0.1' });
    socket.on('error', () => {}).pause();
    socket.write(`${head}${body}`.repeat(3));
    return socket;
  });
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}

/** Announces a body that never comes. @returns the status, or null where the connection was closed without one. */
export function announceBody(url) {
  return new Promise((resolve) => {
    const sent = request(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-length': '100000000000' },
      agent: false,
    });
    sent
      .on('error', () => resolve(null))
      .on('response', (response) => {
        response.resume();
        response.on('close', () => resolve(response.statusCode)).on('error', () => {});
      });
    sent.write('x'.repeat(100_000));
  });
}
