import { describe, expect, it } from 'vitest';
import { permissions } from '../../../src/domain/caller.js';
import { startTestService, type TestService } from '../../support/service.js';

const admin = 'https://admin.example.com';
const foreign = [
  'https://evil.example',
  'https://admin.example.com.evil.example',
  'http://admin.example.com',
  'https://admin.example.com:8443',
  'https://ADMIN.example.com.',
  'null',
];

/** What a browser asks before it sends JSON with credentials to another origin. */
function preflight(service: TestService, origin: string): Promise<Response> {
  return service.fetch('/graphql', {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  });
}

function post(service: TestService, origin: string): Promise<Response> {
  return service.fetch('/graphql', {
    method: 'POST',
    headers: { origin, authorization: `Bearer ${service.key(permissions)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ viewer { name } }' }),
  });
}

describe('without CORS_ORIGINS', () => {
  it('pages of other origins may neither ask nor read', async () => {
    await using service = await startTestService();
    const asked = await preflight(service, admin);
    expect(asked.status).toBe(405);
    expect(asked.headers.get('access-control-allow-origin')).toBeNull();
    expect((await post(service, admin)).headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('with CORS_ORIGINS', () => {
  const env = { CORS_ORIGINS: `${admin}, https://support.example.com` };

  it('pages of these origins may send operations and read answers, without cookies', async () => {
    await using service = await startTestService({ env });
    for (const origin of [admin, 'https://support.example.com']) {
      const asked = await preflight(service, origin);
      expect(asked.status).toBe(204);
      expect(asked.headers.get('access-control-allow-origin')).toBe(origin);
      expect(asked.headers.get('access-control-allow-methods')).toBe('GET, POST');
      expect(asked.headers.get('access-control-allow-headers')).toContain('authorization');
      expect(asked.headers.get('access-control-allow-credentials')).toBeNull();
      expect(asked.headers.get('access-control-max-age')).toBe('600');
      expect(asked.headers.get('vary')).toMatch(/origin/i);

      const answer = await post(service, origin);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
      expect(answer.headers.get('access-control-expose-headers')).toContain('retry-after');
    }
  });

  it('they may send what clients and tracing send by themselves, and what CORS_HEADERS names', async () => {
    await using service = await startTestService({ env: { ...env, CORS_HEADERS: 'X-Correlation-Id' } });
    const allowed = (await preflight(service, admin)).headers.get('access-control-allow-headers')?.split(', ');
    expect(allowed).toEqual(
      expect.arrayContaining([
        'apollographql-client-name',
        'apollographql-client-version',
        'baggage',
        'cache-control',
        'last-event-id',
        'sentry-trace',
        'traceparent',
        'tracestate',
        'x-correlation-id',
      ]),
    );
  });

  it('they may read errors too', async () => {
    await using service = await startTestService({ env });
    const answer = await service.fetch('/graphql', { method: 'POST', headers: { origin: admin } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('access-control-allow-origin')).toBe(admin);
  });

  it.each(foreign)('pages of %s get no permission', async (origin) => {
    await using service = await startTestService({ env });
    const asked = await preflight(service, origin);
    expect(asked.headers.get('access-control-allow-origin')).toBeNull();
    expect((await post(service, origin)).headers.get('access-control-allow-origin')).toBeNull();
    expect(service.emulator.calls.count()).toBe(0);
  });

  it('a request without an origin gets an answer, and none is reflected', async () => {
    await using service = await startTestService({ env });
    const answer = await service.query('{ viewer { name } }');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('what a browser sends without asking', () => {
  it.each([
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['a file form', { 'content-type': 'multipart/form-data; boundary=x' }, 415],
    ['plain text', { 'content-type': 'text/plain' }, 415],
    ['nothing said', {}, 415],
  ] as const)('is refused with the credentials of a caller: %s', async (_what, headers, status) => {
    await using service = await startTestService();
    const user = service.user({ sessions: 2 });
    const response = await service.fetch('/graphql', {
      method: 'POST',
      headers: { authorization: `Bearer ${service.key(permissions)}`, ...headers },
      body: JSON.stringify({ query: `mutation { enforceSingleSession(userId: "${user.id}") { outcome } }` }),
    });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expect(service.emulator.calls.count()).toBe(0);
    expect(user.liveIds()).toHaveLength(2);
  });
});

describe('security headers', () => {
  const expected = {
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };

  it.each([
    ['an answer', '/graphql?query=%7Bviewer%7Bname%7D%7D', 200],
    ['a refusal', '/graphql', 400],
    ['what is not there', '/nothing', 404],
    ['health', '/health/live', 200],
  ])('are on %s', async (_what, path, status) => {
    await using service = await startTestService();
    const headers = { authorization: `Bearer ${service.key(permissions)}`, 'apollo-require-preflight': 'true' };
    const response = await service.fetch(path, { headers });
    expect(response.status).toBe(status);
    expect(Object.fromEntries(response.headers)).toMatchObject(expected);
  });

  it('let GraphiQL run the scripts of its page, and no others', { timeout: 60_000 }, async () => {
    await using service = await startTestService();
    const response = await service.fetch('/');
    const policy = response.headers.get('content-security-policy') ?? '';
    const scripts = (await response.text()).match(/<script>[\s\S]*?<\/script/g) ?? [];
    expect(scripts).toHaveLength(1);
    for (const script of scripts) {
      const bytes = new TextEncoder().encode(script.slice('<script>'.length, -'</script'.length));
      const digest = Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('base64');
      expect(policy).toContain(`script-src 'sha256-${digest}'`);
    }
    expect(policy).toMatch(/script-src [^;]* 'self';/);
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(policy).toContain("connect-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
  });
});
