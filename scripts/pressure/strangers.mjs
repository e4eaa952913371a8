const base64 = (text) => Buffer.from(text).toString('base64url');
const jwt = (claims, header = {}) =>
  `${base64(JSON.stringify({ alg: 'RS256', kid: 'none', typ: 'JWT', ...header }))}.${base64(JSON.stringify(claims))}.${'c2ln'.repeat(80)}`;
const now = Math.floor(Date.now() / 1_000);
const deep = (levels) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const longJwt = jwt({ iss: 'acme.com', aud: 'x'.repeat(4_500) });
const jwe = `${base64('{"alg":"dir","enc":"A256GCM"}')}..${base64('x'.repeat(12))}.${'eA'.repeat(1_500)}.${base64('x'.repeat(16))}`;
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const json = { 'content-type': 'application/json' };
const post = (path, headers, body) => ({ method: 'POST', path, headers, body });

/**
 * Requests of somebody without credentials, by what they try. `kid` is the id of a key that FusionAuth publishes, `url`
 * where the service is.
 */
export function strangersRequests(kid, url) {
  const forged = jwt({ iss: 'acme.com', aud: 'x', sub: 'y', exp: now + 600 }, { kid });
  const bearer = (token) => ({ ...json, authorization: `Bearer ${token}` });
  const ofConsole = { 'x-fusionauth-sessions-console': '1', origin: url, 'sec-fetch-site': 'same-origin' };
  const basic = { ...form, authorization: `Basic ${Buffer.from('name:secret').toString('base64')}` };
  const document = JSON.stringify({ query: '{ viewer { name } }' });
  const event = JSON.stringify({ event: { type: 'jwt.refresh', id: 'x', createInstant: Date.now() } });
  return {
    'GraphQL without credentials': post('/graphql', json, document),
    'GraphQL with a wrong service key': post('/graphql', bearer('wrong'), document),
    'GraphQL with a forged token of a known key': post('/graphql', bearer(forged), document),
    'GraphQL with a token of an unknown key': post('/graphql', bearer(jwt({})), document),
    'GraphQL with a long token': post('/graphql', bearer(longJwt), document),
    'GraphQL with a body of 90 kB': post('/graphql', json, 'x'.repeat(90_000)),
    'GraphQL by GET': { method: 'GET', path: `/graphql?query=${'x'.repeat(7_000)}`, headers: {} },
    'a subscription': { method: 'GET', path: '/graphql/stream?query=x', headers: { accept: 'text/event-stream' } },
    'the schema': { method: 'GET', path: '/schema.graphql', headers: {} },
    GraphiQL: { method: 'GET', path: '/', headers: {} },
    'liveness of the process': { method: 'GET', path: '/health/live', headers: {} },
    readiness: { method: 'GET', path: '/health/ready', headers: {} },
    'a path that nobody serves': post('/nothing', json, 'x'.repeat(90_000)),
    'introspection without credentials': post('/oauth2/introspect', form, 'token=x'),
    'introspection with a wrong client': post('/oauth2/introspect', basic, `token=${'x'.repeat(5_000)}`),
    'revocation with a wrong client': post('/oauth2/revoke', basic, 'token=x'),
    'global revocation without a token': post('/global-token-revocation', json, '{}'),
    'global revocation with a forged token': post(
      '/global-token-revocation',
      bearer(jwt({ iss: 'https://provider.example', aud: 'sessions' }, { kid, typ: 'global-token-revocation+jwt' })),
      '{"sub_id":{"format":"email","email":"a@example.com"}}',
    ),
    'an event without a signature': post('/webhooks/fusionauth', json, event),
    'an event with a forged signature': post(
      '/webhooks/fusionauth',
      { ...json, 'x-fusionauth-signature-jwt': jwt({ request_body_sha256: 'x' }, { kid }) },
      event,
    ),
    'an event that is deep JSON': post(
      '/webhooks/fusionauth',
      { ...json, 'x-fusionauth-signature-jwt': jwt({ request_body_sha256: 'x' }, { kid }) },
      `{"event":${deep(40_000)}}`,
    ),
    'a page of the console': { method: 'GET', path: '/console/', headers: {} },
    'a sign-in at the console': { method: 'GET', path: '/console/login', headers: {} },
    'a callback with a long state': {
      method: 'GET',
      path: `/console/callback?state=${'x'.repeat(3_000)}&code=y`,
      headers: { cookie: `fusionauth-sessions-console-login=${jwe}` },
    },
    'a call with many cookies': post(
      '/graphql',
      { ...json, cookie: 'fusionauth-sessions-console=x; '.repeat(250), ...ofConsole },
      document,
    ),
    'a call with a made-up cookie': post(
      '/graphql',
      { ...json, cookie: `fusionauth-sessions-console=${jwe}`, ...ofConsole },
      document,
    ),
    'thousands of media types': post(
      '/graphql',
      { ...json, accept: Array.from({ length: 1_100 }, (_, index) => `a/b${index};q=0.1`).join(',') },
      document,
    ),
    'thousands of parameters': { method: 'GET', path: `/graphql?${'a=b&'.repeat(3_500)}`, headers: {} },
    'thousands of forwarded addresses': post(
      '/graphql',
      { ...json, 'x-forwarded-for': '10.0.0.1,'.repeat(1_500) },
      document,
    ),
    'a content type without an end': post(
      '/graphql',
      { 'content-type': `application/json;${' ;'.repeat(6_000)}` },
      document,
    ),
    'a form of thousands of parameters': post('/oauth2/introspect', basic, 'token=x&'.repeat(10_000)),
    'a token whose key id is long': post(
      '/graphql',
      bearer(jwt({ iss: 'acme.com' }, { kid: 'k'.repeat(5_000) })),
      document,
    ),
    'a token of a thousand claims': post(
      '/graphql',
      bearer(jwt(Object.fromEntries(Array.from({ length: 700 }, (_, index) => [`c${index}`, 1])), { kid })),
      document,
    ),
    'an expectation that nobody knows': { ...post('/graphql', { ...json, expect: 'x' }, document) },
    'an upgrade': { method: 'GET', path: '/graphql', headers: { upgrade: 'websocket', connection: 'upgrade' } },
    'ranges of a page': { method: 'GET', path: '/console/', headers: { range: `bytes=${'0-1,'.repeat(3_000)}` } },
    'a preflight': {
      method: 'OPTIONS',
      path: '/graphql',
      headers: { origin: 'https://other.example', 'access-control-request-method': 'POST' },
    },
  };
}

/** Begins a sign-in at the console. @returns the request that answers it with a made-up code, which FusionAuth is asked about. */
export async function beginsSignIn(url) {
  const { headers } = await fetch(`${url}/console/login`, { redirect: 'manual' });
  const state = new URL(headers.get('location')).searchParams.get('state');
  const [cookie] = headers.get('set-cookie').split(';');
  return { method: 'GET', path: `/console/callback?state=${state}&code=made-up`, headers: { cookie } };
}
