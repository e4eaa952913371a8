import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createStores } from '../../../src/composition/stores.js';
import { permissions } from '../../../src/domain/caller.js';
import type { Stores } from '../../../src/domain/ports/stores.js';
import { openConnection, type RawConnection } from '../../support/raw-connection.js';
import { startTestService, type TestService } from '../../support/service.js';

const connections: RawConnection[] = [];

afterEach(() => {
  for (const { socket } of connections.splice(0)) socket.destroy();
});

/** Asks for this path so often without reading an answer. */
async function askWithoutReading(service: TestService, head: string, times: number): Promise<RawConnection> {
  const connection = await openConnection(service.url);
  connections.push(connection);
  connection.socket.pause();
  connection.socket.write(head.repeat(times));
  return connection;
}

/** Some megabytes, more than the kernel takes in. */
async function scriptPath(service: TestService): Promise<string> {
  const page = await (await service.fetch('/')).text();
  return /src="([^"]+\.js)"/.exec(page)?.[1] ?? '';
}

const slowLines = (service: TestService) => service.logs.filter(({ msg }) => msg === 'client does not read');

describe('a client that asks and does not read', () => {
  it('is cut off after WRITE_TIMEOUT_MS', async () => {
    await using service = await startTestService({ env: { WRITE_TIMEOUT_MS: '400' } });
    const head = `GET ${await scriptPath(service)} HTTP/1.1\r\nhost: localhost\r\n\r\n`;
    const startedAt = performance.now();
    await askWithoutReading(service, head, 1);
    await expect.poll(() => slowLines(service)).toHaveLength(1);
    expect(performance.now() - startedAt).toBeGreaterThan(400);
    expect(slowLines(service)).toMatchObject([{ level: 'warn', peer: '127.0.0.1', unreadBytes: expect.any(Number) }]);
    expect((await service.query('{ viewer { name } }')).status).toBe(200);
  });

  it('is not cut off when it takes its time and reads', async () => {
    await using service = await startTestService({ env: { WRITE_TIMEOUT_MS: '60000' } });
    const head = `GET ${await scriptPath(service)} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`;
    const { socket, received, closed } = await askWithoutReading(service, head, 1);
    await delay(1_500);
    socket.resume();
    await closed;
    const length = Number(/content-length: (\d+)/.exec(received())?.[1]);
    expect(received().length).toBeGreaterThan(length);
    expect(slowLines(service)).toEqual([]);
  });

  it('goes first of several once they leave more than MAX_UNREAD_BYTES', async () => {
    await using service = await startTestService({ env: { WRITE_TIMEOUT_MS: '600000', MAX_UNREAD_BYTES: '12000000' } });
    const head = `GET ${await scriptPath(service)} HTTP/1.1\r\nhost: localhost\r\n\r\n`;
    await askWithoutReading(service, head, 1);
    await delay(1_500);
    expect(slowLines(service)).toEqual([]);
    await Promise.all([1, 2, 3].map(() => askWithoutReading(service, head, 1)));
    await expect.poll(() => slowLines(service).length).toBeGreaterThanOrEqual(1);
    expect(slowLines(service)[0]).toMatchObject({ waitedMs: expect.any(Number) });
    expect((await service.query('{ viewer { name } }')).status).toBe(200);
  });

  it('is cut off for the answers to requests that it sent ahead, too', async () => {
    await using service = await startTestService({ env: { WRITE_TIMEOUT_MS: '600000', MAX_UNREAD_BYTES: '12000000' } });
    const head = `GET ${await scriptPath(service)} HTTP/1.1\r\nhost: localhost\r\n\r\n`;
    await askWithoutReading(service, head, 8);
    await expect.poll(() => slowLines(service)).toMatchObject([{ unreadBytes: expect.any(Number) }]);
    expect(slowLines(service)[0]?.['unreadBytes']).toBeGreaterThan(12_000_000);
  });

  it('loses its stream of events', async () => {
    const opened: Stores[] = [];
    await using service = await startTestService({
      env: { WRITE_TIMEOUT_MS: '400', MAX_WAITING_EVENTS: '100000' },
      createStores: async (foundation) => {
        const stores = await createStores(foundation);
        opened.push(stores);
        return stores;
      },
    });
    const ids = Array.from({ length: 30 }, (_, index) => `id${index}: id`);
    const body = JSON.stringify({ query: `subscription { sessionEvents { ${ids.join(' ')} } }` });
    const head = [
      'POST /graphql/stream HTTP/1.1',
      'host: localhost',
      `authorization: Bearer ${service.key(permissions)}`,
      'accept: text/event-stream',
      'content-type: application/json',
      `content-length: ${body.length}`,
      '',
      body,
    ].join('\r\n');
    await askWithoutReading(service, head, 1);
    const [{ log } = expect.fail('no stores')] = opened;
    const subject = { tenantId: null, userId: null, applicationId: null, sessionId: null };
    const event = { ...subject, type: 'SESSION_STARTED', reason: null, initiatingEntity: null, occurredAt: 0 } as const;
    const entries = Array.from({ length: 100 }, () => ({ event, revocation: null, ending: null, refusal: null }));
    // Until the kernel takes in no more, which is some megabytes, and the time is over.
    while (slowLines(service).length === 0) {
      await log.publish({ entries, delivery: null });
      await delay(1);
    }
    expect(slowLines(service)).toHaveLength(1);
    expect(slowLines(service)[0]?.['unreadBytes']).toBeLessThan(1_000_000);
    expect((await service.query('{ viewer { name } }')).status).toBe(200);
  });
});
