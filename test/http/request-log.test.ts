import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../src/observability/logger.js';
import { startTestService, type TestService } from '../support/service.js';

/** Sends a target as it stands, which `fetch` would not. */
async function get({ url }: TestService, target: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    answer += text;
  });
  socket.write(`GET ${target} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`);
  await once(socket, 'close');
  return answer;
}

describe('a secret in a request target', () => {
  it.each([
    '/graphql?token=hunter2',
    '/graphql#hunter2',
    '/graphql;token=hunter2',
    '/graphql%3Ftoken=hunter2',
    '/graphql/hunter2',
    '/hunter2/graphql',
    'http://user:hunter2@127.0.0.1/graphql',
    '/%zz?hunter2',
    '/hunter2%',
    '/hunter2%80',
    `/graphiql/hunter2${'x'.repeat(5_000)}`,
    `/${'hunter2'.repeat(1_000)}`,
  ])('is neither logged nor repeated, and the answer is ours: %s', async (target) => {
    await using service = await startTestService();
    const answer = await get(service, target);
    expect(answer).not.toContain('hunter2');
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer).toMatch(/^x-content-type-options: nosniff\r$/im);
    const [, requestId] = /^x-request-id: (\S+)\r$/im.exec(answer) ?? [];
    await expect.poll(() => service.logs.filter(({ msg }) => msg === 'request')).toHaveLength(1);
    expect(service.logs.find(({ msg }) => msg === 'request')).toMatchObject({ requestId, method: 'GET' });
    expect(JSON.stringify(service.logs)).not.toContain('hunter2');
  });
});

it('a request is logged with its route', async () => {
  await using service = await startTestService();
  await service.query('{ viewer { name } }');
  await service.fetch('/nothing');
  await expect.poll(() => service.logs.filter(({ msg }) => msg === 'request')).toHaveLength(2);
  expect(service.logs.filter(({ msg }) => msg === 'request')).toMatchObject([{ route: '/graphql' }, { route: null }]);
});

it('a path that cannot be decoded is answered with 400', async () => {
  await using service = await startTestService();
  expect(await get(service, '/%zz')).toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":"BAD_REQUEST"/);
});

it('requests that cannot be understood are logged at most 20 times in ten seconds', async () => {
  await using service = await startTestService();
  const { hostname, port } = new URL(service.url);
  const answers = await Promise.all(
    Array.from({ length: 30 }, async () => {
      const socket = connect(Number(port), hostname);
      let answer = '';
      socket.setEncoding('utf8').on('data', (text: string) => {
        answer += text;
      });
      socket.on('error', () => undefined);
      socket.write('no request\r\n\r\n');
      await once(socket, 'close');
      return answer;
    }),
  );
  for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  await service.query('{ viewer { name } }');
  await expect.poll(() => service.logs.filter(({ msg }) => msg === 'request')).toHaveLength(1);
  expect(service.logs.filter(({ msg }) => msg === 'request not understood')).toHaveLength(20);
});

describe('a log line', () => {
  it('holds nothing raw that a terminal obeys or that is not seen, and means the same', () => {
    const lines: string[] = [];
    const logger = createLogger('info', { write: (line) => void lines.push(line) });
    const strange =
      '\u001b[31m\u009b2J\u0085\u007f\u202e\u2066\u200b\u2028\u2029\u061c\ufeff\u{e0041}\r\n\u0000 Zoë \u{1f600}';
    logger.info({ comment: strange, nested: [{ [strange]: strange }] }, strange);
    const [line = ''] = lines;
    expect(line.slice(0, -1)).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u);
    expect(line).toContain('Zoë \u{1f600}');
    expect(JSON.parse(line)).toMatchObject({ msg: strange, comment: strange, nested: [{ [strange]: strange }] });
  });
});

it('requests without credentials that are accepted are logged at most 20 times in ten seconds, and then counted', async () => {
  await using service = await startTestService();
  const lines = () => service.logs.filter(({ msg }) => msg === 'request');
  for (let count = 0; count < 15; count++) {
    await service.fetch('/graphql', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
    await service.fetch('/nothing');
    await service.fetch('/health/live');
  }
  await service.query('{ viewer { name } }');
  await expect.poll(() => lines().at(-1)).toMatchObject({ status: 200, caller: expect.any(String) });
  expect(lines()).toHaveLength(21);
  service.emulator.clock.advance(10_000);
  await service.fetch('/nothing');
  await expect.poll(() => lines().at(-1)).toMatchObject({ leftOut: 25 });
});
