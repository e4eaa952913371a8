import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { LineSink } from '../../src/observability/line-sink.js';
import { startOwnTime } from '../support/own-time.js';

/** A stream whose reader takes nothing until told to. */
function newReader() {
  const taken: string[] = [];
  let pending: (() => void) | undefined;
  let isReading = false;
  const stream = new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      const take = () => {
        taken.push(line);
        done();
      };
      if (isReading) take();
      else pending = take;
    },
  });
  const read = () => {
    isReading = true;
    pending?.();
  };
  return { stream, taken, read };
}

function sinkOver(stream: Writable, maxWaitMs = 20) {
  const problems: string[] = [];
  const options = { maxWaitingBytes: 100, maxWaitingRecordBytes: 1_000, maxWaitMs };
  return { sink: new LineSink(stream, { ...options, onBlocked: (problem) => problems.push(problem) }), problems };
}

it('has written what a reader takes, in order', async () => {
  const { stream, taken, read } = newReader();
  read();
  const { sink } = sinkOver(stream);
  sink.write('one\n');
  sink.writeRecord('two\n');
  expect(await sink.written()).toBe(true);
  expect(taken.join('')).toBe('one\ntwo\n');
});

it('has the lines of one turn of the event loop leave together, in order, whether or not somebody waits for them', async () => {
  const { stream, taken, read } = newReader();
  read();
  const { sink } = sinkOver(stream);
  sink.write('one\n');
  sink.writeRecord('two\n');
  expect(taken).toEqual([]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(taken).toEqual(['one\ntwo\n']);
});

it('says that it has not written what nobody takes, waiting once only, and says so elsewhere', async () => {
  const { stream } = newReader();
  const { sink, problems } = sinkOver(stream);
  sink.writeRecord('one\n');
  expect(await sink.written()).toBe(false);
  expect(sink.isBlocked).toBe(true);
  const ownMs = startOwnTime();
  for (let index = 0; index < 100; index++) expect(await sink.written()).toBe(false);
  expect(ownMs()).toBeLessThan(1_000);
  expect(problems).toHaveLength(1);
});

it('holds no more than its bounds, loses log lines before records, and counts what it lost once it is read again', async () => {
  const { stream, taken, read } = newReader();
  const { sink } = sinkOver(stream);
  for (let index = 0; index < 100; index++) {
    sink.write(`log line ${index}\n`);
    sink.writeRecord(`record ${index}\n`);
  }
  expect(stream.writableLength).toBeLessThanOrEqual(1_000);
  expect(await sink.written()).toBe(false);
  read();
  await expect.poll(() => taken.at(-1)).toContain('lines of the log were lost');
  expect(await sink.written()).toBe(true);
  expect(sink.isBlocked).toBe(false);
  const lines = taken.slice(0, -1).join('').trimEnd().split('\n');
  expect(lines.filter((line) => line.startsWith('record')).length).toBeGreaterThan(50);
  expect(JSON.parse(taken.at(-1) ?? '')).toMatchObject({ lostLines: 200 - lines.length });
});

it('outlives a reader that closes its end', async () => {
  const { stream } = newReader();
  const { sink, problems } = sinkOver(stream);
  stream.destroy(new Error('EPIPE'));
  await expect.poll(() => problems).toEqual(['the log cannot be written: EPIPE']);
  sink.writeRecord('one\n');
  expect(await sink.written()).toBe(false);
});
