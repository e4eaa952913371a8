import { afterEach, expect, it, vi } from 'vitest';
import type { StreamedResult } from '../../src/application/operation/subscription.js';
import { EventMessages } from '../../src/http/event-stream.js';

/** Results that come when they are given. One that is asked for twice at once would not know whom to answer. */
class GivenResults implements AsyncIterator<StreamedResult, void> {
  waiting: ((result: IteratorResult<StreamedResult, void>) => void)[] = [];
  mostWaiting = 0;

  next(): Promise<IteratorResult<StreamedResult, void>> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.mostWaiting = Math.max(this.mostWaiting, this.waiting.length);
    });
  }

  give(json: string): void {
    this.waiting.shift()?.({ done: false, value: { json, eventId: null } });
  }
}

afterEach(() => {
  vi.useRealTimers();
});

it('takes one result at a time, however long comments alone have kept the connection alive', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const results = new GivenResults();
  const messages = new EventMessages(results);
  let read = '';
  messages.setEncoding('utf8').on('data', (text: string) => {
    read += text;
  });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  await turn();
  for (let quiet = 0; quiet < 5; quiet++) {
    vi.advanceTimersByTime(12_000);
    await turn();
  }
  expect(read).toBe(':\n\n'.repeat(6));
  expect(results.mostWaiting).toBe(1);
  results.give('1');
  await turn();
  results.give('2');
  await turn();
  expect(read).toBe(`${':\n\n'.repeat(6)}event: next\ndata: 1\n\nevent: next\ndata: 2\n\n`);
  messages.destroy();
});
