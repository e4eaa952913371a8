import { existsSync } from 'node:fs';
import { validate } from 'dockerfile-utils';
import { expect, it } from 'vitest';
import { maxLockWaitMs, maxStatementMs } from '../../src/postgres/migrations.js';
import { root, textOf } from '../support/pages.js';

const text = textOf('Dockerfile');
const instructions = text
  .replace(/^\s*#.*\n/gm, '')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '');
const lastStage = instructions.slice(instructions.findLastIndex((line) => line.startsWith('FROM ')));
const copied = (lines: readonly string[]) =>
  lines
    .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
    .flatMap((line) => line.split(/\s+/).slice(1, -1));

it('is a Dockerfile without a fault', () => {
  expect(validate(text)).toEqual([]);
});

it('builds on the Node.js version that every change is tested on', () => {
  const tested = /--package=node@([\d.]+) -- node node_modules\/vitest/.exec(textOf('.ci/run'))?.[1];
  const bases = instructions.flatMap((line) => /^FROM .*?node:([\d.]+)-/.exec(line)?.[1] ?? []);
  expect(bases).toEqual([tested, tested, tested]);
});

it('copies what is there, and what .dockerignore lets through, which is nothing else', () => {
  const admitted = textOf('.dockerignore')
    .split('\n')
    .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
  expect(textOf('.dockerignore')).toContain('\n*\n');
  expect([...new Set(copied(instructions))].toSorted()).toEqual(admitted.toSorted());
  expect(admitted.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
});

it('ends with all that an installed package has besides its documentation', () => {
  const { files }: { files: string[] } = JSON.parse(textOf('package.json'));
  const programs = files.filter((path) => !/^!|\.md$|^docs$|^dist$/.test(path));
  expect(copied(lastStage).toSorted()).toEqual([...programs, 'package.json'].toSorted());
  expect(lastStage).toContain('COPY --from=build /app/dist ./dist');
});

it('starts the service with the options of Node.js that npm start has', () => {
  const { scripts }: { scripts: { start: string } } = JSON.parse(textOf('package.json'));
  const entrypoint = /^ENTRYPOINT (\[.*\])$/m.exec(text)?.[1] ?? '[]';
  const words: string[] = JSON.parse(entrypoint);
  expect(words.join(' ').replace('/app/', '')).toBe(scripts.start);
});

it('is not taken for unhealthy while a migration takes as long as it may', () => {
  const [, seconds] = /^HEALTHCHECK .*--start-period=(\d+)s /m.exec(text) ?? [];
  expect(Number(seconds) * 1_000).toBeGreaterThan(maxLockWaitMs + maxStatementMs);
});

it('ends as somebody who is not root, whom Kubernetes can tell from root, and runs nothing for one architecture', () => {
  expect(lastStage).toContain('USER 1000:1000');
  expect(lastStage.filter((line) => /^(RUN|ADD) /.test(line))).toEqual([]);
  expect(lastStage.filter((line) => line.startsWith('HEALTHCHECK '))).toHaveLength(1);
});
