import { afterEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../src/emulator/faults.js';
import type { LogLine } from '../support/logs.js';
import { unusedUrl } from '../support/raw-server.js';
import { type GraphQLAnswer, startTestService, type TestService } from '../support/service.js';
import { subscribe } from '../support/subscription.js';

const once = { FUSIONAUTH_MAX_ATTEMPTS: '1' };
/** Only where no answer comes: on a busy machine another one may take as long. */
const quick = { FUSIONAUTH_REQUEST_TIMEOUT_MS: '300', FUSIONAUTH_CALL_BUDGET_MS: '600' };

let service: TestService | undefined;

afterEach(async () => {
  await service?.[Symbol.asyncDispose]();
  service = undefined;
});

async function start(env: Readonly<Record<string, string>> = {}): Promise<TestService> {
  service = await startTestService({ env: { ...once, ...env } });
  return service;
}

async function listSessions(from: TestService): Promise<GraphQLAnswer> {
  const alice = from.user({ sessions: 1 });
  return from.query('query Mine($id: ID!) { sessions(userId: $id) { id } }', { id: alice.id });
}

/** What must not reach callers: hosts, paths, status lines, bodies and names from inside. */
function expectNothingFromInside(from: TestService, answer: GraphQLAnswer): void {
  const text = JSON.stringify(answer.body);
  const { port } = new URL(from.emulator.url);
  expect(text).not.toContain(port);
  expect(text).not.toContain(from.emulator.apiKey);
  expect(text).not.toMatch(/127\.0\.0\.1|api\/jwt|html|ECONN|CallError|node_modules|\.ts|\.js|stack|\b(4|5)\d\d\b/);
}

/** Finds the one line that tells the operator, which has the id the caller was given. */
function expectOneLine(from: TestService, answer: GraphQLAnswer): LogLine | undefined {
  const lines = from.logs.filter(({ level }) => level === 'error');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({
    msg: 'operation failed',
    operationName: 'Mine',
    path: ['sessions'],
    requestId: answer.body.errors?.[0]?.extensions['requestId'],
    err: expect.anything(),
  });
  return lines[0];
}

const unavailable = { code: 'UPSTREAM_UNAVAILABLE' };
const masked = { code: 'INTERNAL_SERVER_ERROR' };

const failures: readonly (readonly [string, Fault, Readonly<Record<string, unknown>>, string])[] = [
  ['answers 500 with HTML', { kind: 'status', status: 500 }, unavailable, 'answered 500'],
  ['answers 503', { kind: 'status', status: 503 }, unavailable, 'answered 503 [SearchUnavailable]'],
  [
    'answers 429 and says when to come back',
    { kind: 'status', status: 429, retryAfterSeconds: 60 },
    { ...unavailable, retryAfterSeconds: 60 },
    'answered 429',
  ],
  ['breaks the connection', { kind: 'reset', when: 'before' }, unavailable, 'no connection, or it broke'],
  ['hangs', { kind: 'hang' }, { code: 'UPSTREAM_TIMEOUT' }, 'no answer in time'],
  ['refuses the API key', { kind: 'status', status: 401 }, masked, 'answered 401'],
  ['answers malformed JSON', { kind: 'malformedJson' }, masked, 'malformed JSON'],
];

describe('when FusionAuth', () => {
  it.each(failures)('%s, callers get a code and operators one line', async (_what, fault, extensions) => {
    const own = await start(fault.kind === 'hang' ? quick : {});
    own.emulator.faults.add({ path: '/api/jwt/refresh', fault });
    const answer = await listSessions(own);
    expect(answer.status).toBe(200);
    expect(answer.body.data ?? null).toBeNull();
    const requestId = answer.headers.get('x-request-id');
    expect(answer.body.errors?.map((error) => error.extensions)).toEqual([{ ...extensions, requestId }]);
    expectNothingFromInside(own, answer);
    expectOneLine(own, answer);
  });

  it.each(failures)('%s, the line has the cause', async (_what, fault, _extensions, cause) => {
    const own = await start(fault.kind === 'hang' ? quick : {});
    own.emulator.faults.add({ path: '/api/jwt/refresh', fault });
    const line = expectOneLine(own, await listSessions(own));
    expect(JSON.stringify(line?.['err'])).toContain(cause);
  });

  it('leaves out an id, callers get no list and operators the reason', async () => {
    const own = await start();
    const map = () => ({ refreshTokens: [{ userId: 'x' }] });
    own.emulator.faults.add({ path: '/api/jwt/refresh', fault: { kind: 'mapBody', map } });
    const answer = await listSessions(own);
    expect(answer.body.errors).toMatchObject([{ extensions: masked }]);
    expectNothingFromInside(own, answer);
    expect(JSON.stringify(expectOneLine(own, answer)?.['err'])).toContain('of a refresh token is not');
  });

  it('is not there at all, it is unavailable', async () => {
    const own = await start({ FUSIONAUTH_URL: await unusedUrl() });
    const answer = await listSessions(own);
    expect(answer.body.errors).toMatchObject([{ extensions: unavailable }]);
    expectNothingFromInside(own, answer);
    expectOneLine(own, answer);
  });

  it('knows no such API key, nobody is told which', async () => {
    const own = await start({ FUSIONAUTH_API_KEY: 'wrong-key-hunter2' });
    const answer = await listSessions(own);
    expect(answer.body.errors).toMatchObject([{ extensions: masked }]);
    expectOneLine(own, answer);
    expect(JSON.stringify([answer.body, own.logs])).not.toContain('hunter2');
  });

  it('cannot tell its settings, sessions are listed without an expiry and one warning is logged', async () => {
    const own = await start();
    own.emulator.faults.add({ path: '/api/application', fault: { kind: 'status', status: 500 } });
    const alice = own.user({ sessions: 1 });
    const data = await own.data('query ($id: ID!) { sessions(userId: $id) { id expiresAt state } }', { id: alice.id });
    expect(data).toEqual({ sessions: [{ id: alice.sessions[0]?.id, expiresAt: null, state: 'ACTIVE' }] });
    expect(own.logs.filter(({ level }) => level === 'warn')).toMatchObject([
      { msg: 'settings unavailable: expiry is not known' },
    ]);
  });
});

describe('a mistake of the caller', () => {
  it.each([
    ['GRAPHQL_PARSE_FAILED', '{ sessions('],
    ['GRAPHQL_VALIDATION_FAILED', '{ secrets }'],
    ['GRAPHQL_VALIDATION_FAILED', '{ sessions { id } }'],
    ['OPERATION_RESOLUTION_FAILURE', 'query A { viewer { name } } query B { viewer { name } }'],
  ])('is answered 400 %s and is no matter for operators', async (code, document) => {
    const own = await start();
    const answer = await own.query(document);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toMatchObject([{ extensions: { code, requestId: answer.headers.get('x-request-id') } }]);
    expect(own.logs.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('is not answered with a stack', async () => {
    const own = await start();
    const { body } = await own.query('{ sessions(userId: "x") { id } }');
    expect(JSON.stringify(body)).not.toContain('stacktrace');
  });

  it('gets no hint at the schema where introspection is off', async () => {
    const own = await start({ INTROSPECTION: 'false' });
    const { body } = await own.query('{ sesions(userId: "x") { id } }');
    expect(body.errors?.[0]?.message).not.toContain('sessions');
    const variables = { filter: { kindz: [] }, types: ['SESSION_REVOKE'] };
    const query = 'query ($filter: SessionFilter) { sessions(userId: "x", filter: $filter) { id } }';
    expect((await own.query(query, variables)).body.errors?.[0]?.message).toMatch(/"kindz" is not defined by [^?]+$/);
    const subscription = 'subscription ($types: [SessionEventType!]) { sessionEvents(types: $types) { id } }';
    await using events = await subscribe(own, own.key(['event:subscribe']), variables, { query: subscription });
    expect(events.refusal?.errors?.[0]?.message).toMatch(/"SESSION_REVOKE" does not exist [^?]+$/);
    expect((await own.query('{ __schema { queryType { name } } }')).status).toBe(400);
  });
});

describe('a document', () => {
  it('of more than 2,000 tokens is refused before it is validated', async () => {
    const own = await start();
    const answer = await own.query(`{ ${'viewer { name } '.repeat(1_000)} }`);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toMatchObject([{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }]);
  });

  it('that walks in circles is refused', async () => {
    const own = await start();
    const fragments = `fragment A on Session { a: user { ...B } b: user { ...B } c: user { ...B } }
      ${Array.from({ length: 12 }, (_, index) => {
        const [name, next] = [String.fromCharCode(66 + index), String.fromCharCode(67 + index)];
        const [type, field] = index % 2 === 0 ? ['User', 'sessions'] : ['Session', 'user'];
        return `fragment ${name} on ${type} { a: ${field} { ...${next} } b: ${field} { ...${next} } c: ${field} { ...${next} } d: ${field} { ...${next} } }`;
      }).join('\n')}
      fragment N on User { id }`;
    const answer = await own.query(`{ sessions(userId: "${own.user().id}") { ...A } } ${fragments}`);
    expect(answer.status).toBe(400);
    expect(own.emulator.calls.count()).toBe(0);
  });
});
