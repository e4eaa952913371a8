import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maxBodyPieces } from '../../../src/http/body-pieces.js';
import { claimsFor, shopId, shopTokens, signAsFusionAuth } from '../../support/access-tokens.js';
import { exchange, openConnection } from '../../support/raw-connection.js';
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
  ])('in tens of thousands of pieces is refused at %s, by an error that names the limit', async (path, type) => {
    const answer = await post(path, type, document, 30_000);
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(answer).toContain(`more than ${maxBodyPieces} pieces`);
    expect(answer).toMatch(/connection: close/i);
  });

  it('of somebody unknown who signs out of the console may be as long as a form without fields', async () => {
    const answer = await post('/console/logout', 'application/x-www-form-urlencoded', document, 3_000);
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
  });
});

it('long bodies of a user that do not come are refused beyond a share, and leave room for other users', async () => {
  const env = { ...shopTokens, MAX_CONCURRENT_OPERATIONS: '20' };
  await using own = await startTestService({ shopId, env });
  const [greedy, other] = await Promise.all(
    [own.user(), own.user()].map(({ id }) => signAsFusionAuth(own.emulator, claimsFor(own.emulator, id))),
  );
  const head = `host: localhost\r\nauthorization: Bearer ${greedy}\r\ncontent-type: application/json`;
  const connections = await Promise.all(Array.from({ length: 6 }, () => openConnection(own.url)));
  for (const { socket } of connections)
    socket.write(`POST /graphql HTTP/1.1\r\n${head}\r\ncontent-length: 90000\r\n\r\n{`);
  const refused = () => connections.filter(({ received }) => received().startsWith('HTTP/1.1 429 ')).length;
  await expect.poll(refused).toBe(2);
  // Short requests go on, and so do long ones of others.
  const query = '{ viewer { kind } }';
  const long = `${query}${' '.repeat(16_001)}`;
  expect(await own.query(query, {}, { key: greedy ?? null })).toMatchObject({ status: 200 });
  expect(await own.query(long, {}, { key: other ?? null })).toMatchObject({ status: 200 });
  for (const { socket } of connections) socket.destroy();
  await expect.poll(async () => (await own.query(long, {}, { key: greedy ?? null })).status).toBe(200);
});
