import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchange } from '../support/raw-connection.js';
import { startTestService, type TestService } from '../support/service.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService({ env: { MANAGEMENT_PORT: '0' } });
});

afterAll(() => service[Symbol.asyncDispose]());

const spoken: readonly [string, string, string][] = [
  ['TLS', `\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03${'\0'.repeat(200)}`, 'This port speaks http and not https'],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'This port speaks HTTP/1.1'],
  [
    'PROXY protocol',
    'PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\nGET /health/live HTTP/1.1\r\nHost: x\r\n\r\n',
    'This port does not take the PROXY protocol',
  ],
  [
    'PROXY protocol',
    `\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c${'\0'.repeat(12)}`,
    'This port does not take the PROXY protocol',
  ],
];

describe('a proxy that speaks something else', () => {
  it.each(spoken)(
    'is answered, and the log says what it speaks and what to do: %s',
    async (protocol, bytes, remedy) => {
      const already = service.logs.length;
      const answer = await exchange(service.url, bytes);
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain(remedy);
      expect(service.logs.slice(already).filter(({ msg }) => msg === 'request not understood')).toEqual([
        expect.objectContaining({ protocol, remedy: expect.stringContaining(remedy), peer: '127.0.0.1' }),
      ]);
    },
  );

  it.each(spoken)('is answered so at the port for metrics, too: %s', async (_protocol, bytes, remedy) => {
    expect(await exchange(service.managementUrl ?? '', bytes)).toContain(remedy);
  });
});

it('a client of subscriptions by WebSocket is told of the other way, and not of credentials', async () => {
  const handshake =
    'Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n';
  for (const path of ['/graphql', '/graphql/stream']) {
    const answer = await exchange(service.url, `GET ${path} HTTP/1.1\r\nHost: x\r\n${handshake}\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('Subscribe by GraphQL over SSE: POST /graphql/stream');
  }
});

it.each([
  ['another upgrade that a client offers', 'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n'],
  ['an upgrade that a proxy adds to every request', 'Upgrade: websocket\r\n'],
])('%s is left aside', async (_what, header) => {
  const offer = `Connection: Upgrade, close, HTTP2-Settings\r\n${header}`;
  const answer = await exchange(service.url, `GET /health/live HTTP/1.1\r\nHost: x\r\n${offer}\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
});

describe('bytes behind a request', () => {
  it('that are none do not take away its answer', async () => {
    const [session] = service.user({ sessions: 1 }).sessions;
    const body = JSON.stringify({ query: `mutation { revokeSession(sessionId: "${session?.id}") { outcome } }` });
    const head = `POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${service.key(['session:revoke'])}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    const answer = await exchange(service.url, `${head}${body}GARBAGE\r\n\r\n`);
    expect(answer).toContain('"outcome":"REVOKED"');
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });

  it('that are none end the connection after all answers', async () => {
    const request = 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n';
    const answer = await exchange(service.url, `${request}${request}GARBAGE\r\n\r\n`);
    expect(answer.match(/HTTP\/1\.1 200 /g)).toHaveLength(2);
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(2);
  });
});
