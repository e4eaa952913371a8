import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maxBodyPieces } from '../../../src/http/body-pieces.js';
import { exchange } from '../../support/raw-connection.js';
import { startTestService, type TestService } from '../../support/service.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService({ env: { CONSOLE_CLIENT_ID: consoleId, ...consoleEnv } });
});

afterAll(() => service[Symbol.asyncDispose]());

const consoleId = '3c219e58-ed0e-4b18-ad48-f4f92793ae32';
const consoleEnv = {
  CONSOLE_CLIENT_SECRET: 'the-secret-of-the-console',
  CONSOLE_COOKIE_KEYS: Buffer.alloc(32, 1).toString('base64url'),
  PUBLIC_URL: 'http://127.0.0.1:4000',
  ACCESS_TOKEN_ISSUERS: 'acme.com',
  ACCESS_TOKEN_AUDIENCES: consoleId,
  ACCESS_TOKEN_PERMISSIONS: JSON.stringify({ roles: { support: ['session:read'] } }),
};

/** Chunks of one byte, and of what is left in the end. */
const chunksOf = (body: string, pieces: number) =>
  `${[...body.slice(0, pieces - 1)].map((byte) => `1\r\n${byte}\r\n`).join('')}${body
    .slice(pieces - 1)
    .replace(/^(.+)$/s, (rest) => `${rest.length.toString(16)}\r\n${rest}\r\n`)}0\r\n\r\n`;

const post = (path: string, type: string, body: string, pieces: number) =>
  exchange(
    service.url,
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:4000\r\norigin: http://127.0.0.1:4000\r\nconnection: close\r\nauthorization: Bearer ${service.key(['session:read'])}\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n${chunksOf(body, pieces)}`,
  );

const document = `${JSON.stringify({ query: '{ viewer { kind } }' })}${' '.repeat(90_000)}`;

describe('a body', () => {
  it('in about as many pieces as may be is read', async () => {
    expect(await post('/graphql', 'application/json', document, maxBodyPieces - 10)).toMatch(/^HTTP\/1.1 200 /);
  });

  it.each([
    ['/graphql', 'application/json'],
    ['/graphql/stream', 'application/json'],
    ['/console/logout', 'application/x-www-form-urlencoded'],
  ])('in tens of thousands of pieces is refused at %s, by an error that names the limit', async (path, type) => {
    const answer = await post(path, type, document, 30_000);
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(answer).toContain(`more than ${maxBodyPieces} pieces`);
    expect(answer).toMatch(/connection: close/i);
  });
});
