import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { permissions } from '../../../src/domain/caller.js';
import { startOwnTime } from '../../support/own-time.js';
import { startTestService, type TestService } from '../../support/service.js';

const sockets: Socket[] = [];

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** A connection, once it stands. What it receives is kept in `received`. */
async function open(
  service: TestService,
): Promise<{ socket: Socket; received: () => string; closed: Promise<unknown> }> {
  const { hostname, port } = new URL(service.url);
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  // A connection that is cut off is what some tests are about.
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  return { socket, received: () => text, closed };
}

const head = (service: TestService, contentLength: number) =>
  [
    'POST /graphql HTTP/1.1',
    'host: localhost',
    `authorization: Bearer ${service.key(permissions)}`,
    'content-type: application/json',
    `content-length: ${contentLength}`,
    '\r\n',
  ].join('\r\n');

const isOpen = (socket: Socket) => !socket.destroyed;

async function expectServed(service: TestService): Promise<void> {
  const ownMs = startOwnTime();
  expect((await service.query('{ viewer { name } }')).status).toBe(200);
  expect(ownMs()).toBeLessThan(5_000);
}

describe('a client that', () => {
  it.each<[string, (service: TestService) => string]>([
    ['does not finish its headers', () => 'POST /graphql HTTP/1.1\r\nhost: localhost\r\nx-a'],
    ['does not finish its body', (service) => `${head(service, 1_000)}{"query":`],
  ])('%s is cut off after REQUEST_TIMEOUT_MS', async (_what, start) => {
    await using service = await startTestService({ env: { REQUEST_TIMEOUT_MS: '300' } });
    const { socket, closed, received } = await open(service);
    const ownMs = startOwnTime();
    socket.write(start(service));
    await closed;
    expect(ownMs()).toBeLessThan(10_000);
    expect(received()).toMatch(/^HTTP\/1\.1 408 /);
    expect(service.emulator.calls.count()).toBe(0);
    await expectServed(service);
  });

  it('sends nothing is cut off without an answer that it has not asked for', async () => {
    await using service = await startTestService({ env: { REQUEST_TIMEOUT_MS: '300' } });
    const { closed, received } = await open(service);
    await closed;
    expect(received()).toBe('');
  });

  it('trickles its body is cut off although it never falls silent', async () => {
    await using service = await startTestService({ env: { REQUEST_TIMEOUT_MS: '500' } });
    const { socket, closed } = await open(service);
    socket.write(head(service, 1_000_000 / 20));
    const trickle = setInterval(() => socket.write(' '), 50);
    const ownMs = startOwnTime();
    await closed;
    clearInterval(trickle);
    expect(ownMs()).toBeLessThan(10_000);
    expect(service.emulator.calls.count()).toBe(0);
  });

  it('keeps a connection without a request loses it after KEEP_ALIVE_TIMEOUT_MS', async () => {
    await using service = await startTestService({ env: { KEEP_ALIVE_TIMEOUT_MS: '300' } });
    const { socket, closed, received } = await open(service);
    socket.write('GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n');
    const ownMs = startOwnTime();
    await closed;
    expect(ownMs()).toBeLessThan(10_000);
    expect(received()).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('sends more headers than fit is refused', async () => {
    await using service = await startTestService();
    const { socket, received, closed } = await open(service);
    socket.write(`GET /graphql HTTP/1.1\r\nhost: localhost\r\nx-a: ${'x'.repeat(17_000)}\r\n\r\n`);
    await closed;
    expect(received()).toMatch(/^HTTP\/1\.1 431 /);
    await expectServed(service);
  });

  it.each([
    ['two lengths', 'content-length: 5\r\ncontent-length: 6'],
    ['a length and chunks', 'content-length: 5\r\ntransfer-encoding: chunked'],
    ['an encoding that is none', 'transfer-encoding: identity, chunked, x'],
  ])('smuggles with %s is refused', async (_what, framing) => {
    await using service = await startTestService();
    const { socket, received, closed } = await open(service);
    const authorization = `authorization: Bearer ${service.key(permissions)}`;
    const smuggled = `GET /health/ready HTTP/1.1\r\nhost: localhost\r\n\r\n`;
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: localhost\r\n${authorization}\r\n${framing}\r\n\r\n0\r\n\r\n${smuggled}`,
    );
    await closed;
    expect(received().match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400']);
    expect(service.emulator.calls.count()).toBe(0);
  });
});

describe('idle connections', () => {
  it('by the thousand keep nobody else from being served, and are closed', { timeout: 60_000 }, async () => {
    await using service = await startTestService({ env: { REQUEST_TIMEOUT_MS: '3000' } });
    const idle: Awaited<ReturnType<typeof open>>[] = [];
    for (let batch = 0; batch < 20; batch++) {
      idle.push(...(await Promise.all(Array.from({ length: 100 }, () => open(service)))));
    }
    await expectServed(service);
    const ownMs = startOwnTime();
    await Promise.all(idle.map(({ closed }) => closed));
    expect(ownMs()).toBeLessThan(20_000);
    await expectServed(service);
  });

  it('beyond MAX_CONNECTIONS are closed at once', async () => {
    await using service = await startTestService({ env: { MAX_CONNECTIONS: '5' } });
    const kept = await Promise.all(Array.from({ length: 5 }, () => open(service)));
    const beyond = await open(service);
    await beyond.closed;
    expect(kept.every(({ socket }) => isOpen(socket))).toBe(true);

    kept[0]?.socket.destroy();
    await expect
      .poll(() =>
        service.query('{ viewer { name } }').then(
          ({ status }) => status,
          () => 'refused',
        ),
      )
      .toBe(200);
  });
});
