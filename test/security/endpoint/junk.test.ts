import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { permissions } from '../../../src/domain/caller.js';
import { claimsFor, shopId, signAsFusionAuth } from '../../support/access-tokens.js';
import { consoleClientId, startTestConsole, type TestConsole } from '../../support/console.js';
import { basic, nameOfKey } from '../../support/oauth.js';
import { exchange } from '../../support/raw-connection.js';

/** Requests to try; thousands in a long run. */
const requestsToTry = Number(process.env['FUZZED_REQUESTS'] ?? 250);
const providerUrl = 'http://127.0.0.1:9/keys';

let service: TestConsole;
let authorizations: readonly string[];

beforeAll(async () => {
  service = await startTestConsole({
    env: {
      GRAPHIQL: 'true',
      INTROSPECTION: 'true',
      MANAGEMENT_PORT: '0',
      WEBHOOK_SIGNATURE: 'jwks',
      OAUTH_ISSUERS: 'acme.com',
      OAUTH_AUDIENCES: shopId,
      RATE_LIMIT_POINTS: '100000000',
      RATE_LIMIT_USER_POINTS: '100000000',
      GLOBAL_REVOCATION_JWKS_URL: providerUrl,
      GLOBAL_REVOCATION_ISSUER: 'https://provider.example',
      GLOBAL_REVOCATION_AUDIENCE: 'sessions',
    },
  });
  const user = service.user({ sessions: 2 });
  const claims = { ...claimsFor(service.emulator, user.id), aud: consoleClientId };
  const key = service.key(permissions);
  const unsigned = (payload: string) => `${base64('{"alg":"RS256","kid":"x","typ":"JWT"}')}.${payload}.c2lnbmF0dXJl`;
  authorizations = [
    `Bearer ${key}`,
    `Bearer ${await signAsFusionAuth(service.emulator, claims)}`,
    basic(nameOfKey(permissions), key),
    'Basic Og==',
    'Bearer',
    `Bearer ${unsigned(base64('{"sub":"x"}'))}`,
    `Bearer ${unsigned(base64('['.repeat(3_000)))}`,
    `Bearer ${'e30.'.repeat(1_500)}`,
    'Negotiate AAAA',
  ];
}, 60_000);

afterAll(() => service[Symbol.asyncDispose]());

const base64 = (text: string) => Buffer.from(text).toString('base64url');

const paths = [
  '/graphql',
  '/graphql/stream',
  '/schema.graphql',
  '/health/live',
  '/health/ready',
  '/webhooks/fusionauth',
  '/oauth2/introspect',
  '/oauth2/revoke',
  '/global-token-revocation',
  '/.well-known/oauth-authorization-server',
  '/console',
  '/console/',
  '/console/login',
  '/console/callback',
  '/console/logout',
  '/console/assets/x.js',
  '/metrics',
  '/',
  '/nothing',
];

const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const texts = [
  '',
  'null',
  '0',
  '"text"',
  '[]',
  '{}',
  '[{"query":"{ viewer { name } }"}]',
  '{"query":"{ viewer { name } }"}',
  '{"query":"{ viewer { name } }","query":"{ nothing }"}',
  '{"query":7,"variables":"x","operationName":[],"extensions":0}',
  '{"query":"{ viewer { name } }","extensions":{"persistedQuery":{"version":1,"sha256Hash":{}}}}',
  '{"query":null,"documentId":"sha256:x","id":["y"]}',
  '{"query":"query ($a: [ID!]!) { liveSessions(ids: $a) { sessionId } }","variables":{"a":[{}]}}',
  '{"query":"subscription { sessionEvents { nothing } }"}',
  '{"__proto__":{"query":"x"},"constructor":{"prototype":{}}}',
  '{"event":{"type":"jwt.refresh","id":7,"createInstant":1e999}}',
  '{"event":null}',
  `{"event":${deep(5_000)}}`,
  `{"query":"{ viewer { name } }","variables":{"a":${deep(20_000)}}}`,
  '{"token":1}',
  'token=',
  'token=x&token=y',
  'token=a.b.c&token_type_hint=%00',
  `token=${'x'.repeat(60_000)}`,
  '{"sub_id":{"format":"email","email":["x"]}}',
  '{"sub_id":{"format":"iss_sub","iss":7,"sub":{}}}',
  `{"sub_id":{"format":"aliases","identifiers":${deep(2_000)}}}`,
  '{"a":1e400,"b":-0,"c":"\\ud800"}',
  '{"unfinished": ',
  '\u0000\u0001\u00ff',
  '--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n{"query":"{ viewer { name } }"}\r\n--x--\r\n',
  gzipSync('x'.repeat(1_000_000)).toString('latin1'),
  'x'.repeat(90_000),
];

const contentTypes = [
  'application/json',
  'application/json; charset=utf-16',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain',
  'application/octet-stream',
  '',
  ';',
  'a/b/c',
];
const targets = [
  '',
  '?',
  '?query=%7B',
  '?query=%7Bviewer%7Bname%7D%7D&variables=%5B',
  '?query=%7Bviewer%7Bname%7D%7D&extensions=7',
  '?query=x&query=y',
  '?state=x&code=y',
  `?state=${'x'.repeat(7_000)}&code=${'y'.repeat(2_000)}`,
  '?error=access_denied&error_description=%00%3Cscript%3E',
  '?iss=x&code=%F0%28%8C%28',
  '?%',
];
const extras = [
  'accept: text/event-stream',
  'accept: application/graphql-response+json',
  'accept: ,;q=x',
  'last-event-id: 99999999999999999999999999',
  `last-event-id: ${'x'.repeat(5_000)}`,
  'x-fusionauth-tenantid: ../x',
  'x-request-id: \u00ff<script>',
  'x-upstream-calls: count',
  'content-encoding: gzip',
  'content-encoding: identity',
  'origin: null',
  'sec-fetch-site: cross-site',
  'apollo-require-preflight: 1',
  'x-fusionauth-signature-jwt: a.b.c',
  `x-fusionauth-signature-jwt: ${'e30.'.repeat(1_500)}`,
  'dpop: x',
  `cookie: ${'fusionauth-sessions-console=x; '.repeat(150)}`,
  `cookie: fusionauth-sessions-console=${'x'.repeat(4_000)}`,
  `cookie: fusionauth-sessions-console=eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..${'eA.'.repeat(3)}`,
  'cookie: fusionauth-sessions-console-login=a.b.c.d.e',
  'x-fusionauth-sessions-console: 1',
  'cookie: =; ;;; a',
  'traceparent: 00-x',
  'forwarded: for=_x',
  'x-forwarded-for: 1.2.3.4, x',
  'if-none-match: *',
  'range: bytes=0-',
  'upgrade: websocket',
  'transfer-encoding: identity',
  'te: trailers',
];

const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE', 'QUERY'),
  path: fc.constantFrom(...paths),
  target: fc.constantFrom(...targets),
  authorization: fc.option(fc.nat(8)),
  contentType: fc.option(fc.constantFrom(...contentTypes)),
  extras: fc.uniqueArray(fc.constantFrom(...extras), { maxLength: 3, selector: (line) => line.split(':')[0] }),
  body: fc.oneof(fc.constantFrom(...texts), fc.json({ maxDepth: 4 }), fc.string({ unit: 'binary', maxLength: 50 })),
  isManagement: fc.boolean(),
});

it('no request of any shape is answered by a server error, hangs, or leaves its connection open', {
  timeout: 60_000 + requestsToTry * 100,
}, async () => {
  const statuses = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      request,
      async ({ method, path, target, authorization, contentType, extras: more, body, ...to }) => {
        const bytes = Buffer.from(body, 'latin1');
        const lines = [
          `${method} ${path}${target} HTTP/1.1`,
          'host: localhost',
          'connection: close',
          ...(authorization === null ? [] : [`authorization: ${authorizations[authorization]}`]),
          ...(contentType === null ? [] : [`content-type: ${contentType}`]),
          ...more,
          ...(body === '' ? [] : [`content-length: ${bytes.length}`]),
        ];
        const url = to.isManagement ? (service.managementUrl ?? service.url) : service.url;
        // It resolves once the service has closed the connection.
        const answer = await exchange(url, `${lines.join('\r\n')}\r\n\r\n${bytes.toString('latin1')}`);
        const [, status = 'none'] = /^HTTP\/1\.1 (\d{3})/.exec(answer) ?? [];
        statuses.add(status);
        const what = `${lines.join('\n')}\n${body.slice(0, 200)}`;
        expect(Number(status), `${what}\n${answer.slice(0, 600)}`).toBeGreaterThanOrEqual(200);
        // Nobody can tell while keys of the identity provider cannot be had, as here.
        const isUndecided = status === '503' && path === '/global-token-revocation';
        if (!isUndecided) expect(Number(status), `${what}\n${answer.slice(0, 600)}`).toBeLessThan(500);
        expect(answer, what).not.toContain('INTERNAL_SERVER_ERROR');
      },
    ),
    { numRuns: requestsToTry },
  );
  expect([...statuses]).toEqual(expect.arrayContaining(['200', '400', '401', '404']));
  expect(service.logs.filter(({ level }) => level === 'error')).toEqual([]);
});
