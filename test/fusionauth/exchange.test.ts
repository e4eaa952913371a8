import { Pool } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Exchange } from '../../src/fusionauth/exchange.js';
import { type RawServer, sendJson, startRawServer } from '../support/raw-server.js';

const request = { method: 'GET', path: '/', headers: {}, body: null } as const;

let server: RawServer;
let pool: Pool;
/** Answers the call that hangs. */
let release: () => void;

beforeEach(async () => {
  server = await startRawServer((response, { url }) => {
    if (url === '/hang') release = () => sendJson(response, '"late"');
    else if (url === '/pieces') {
      response.writeHead(200, { 'content-type': 'application/json' });
      // A letter of two bytes, one in each piece.
      const bytes = Buffer.from('"Grüße"');
      response.write(bytes.subarray(0, 4));
      setTimeout(() => response.end(bytes.subarray(4)), 20);
    } else sendJson(response, '"quick"');
  });
  pool = new Pool(server.url, { connections: 1 });
});

afterEach(async () => {
  await pool.destroy();
  await server[Symbol.asyncDispose]();
});

const start = (path: string, timeoutMs = 5_000) => new Exchange(pool, { ...request, path }, timeoutMs);

describe('an exchange', () => {
  it('answers the whole text, also when a letter comes in two pieces', async () => {
    expect(await start('/pieces').answer).toMatchObject({ statusCode: 200, text: '"Grüße"' });
  });

  it('ends in time, and its connection with it', async () => {
    await expect(start('/hang', 50).answer).rejects.toMatchObject({ name: 'TimeoutError' });
    expect((await start('/').answer).text).toBe('"quick"');
    expect(server.connectionCount()).toBe(2);
  });

  it('that is given up leaves its connection to the next', async () => {
    const hanging = start('/hang');
    await new Promise((resolve) => setTimeout(resolve, 50));
    hanging.giveUp(new RangeError('no longer wanted'));
    await expect(hanging.answer).rejects.toThrow(RangeError);
    expect((await start('/').answer).text).toBe('"quick"');
  });

  it('that is given up before it has a connection is never sent', async () => {
    const hanging = start('/hang');
    const waiting = start('/never');
    await new Promise((resolve) => setTimeout(resolve, 50));
    waiting.giveUp(new RangeError('no longer wanted'));
    await expect(waiting.answer).rejects.toThrow(RangeError);
    release();
    expect((await hanging.answer).text).toBe('"late"');
    await start('/').answer;
    expect(server.requests.map(({ url }) => url)).toEqual(['/hang', '/']);
  });

  it('that is given up when it is over disturbs nobody', async () => {
    const over = start('/');
    await over.answer;
    const next = start('/');
    over.giveUp(new RangeError('too late'));
    expect((await next.answer).text).toBe('"quick"');
    expect(server.connectionCount()).toBe(1);
  });
});
