import { mkdir, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { drawCharts } from './report/charts.js';
import { writeMarkdown } from './report/markdown.js';
import { runBench } from './run.js';
import { fullRun, quickRun } from './settings.js';

/** `npm run bench` writes its results beside this folder's sources; with `-- --quick`, a trial run, beside its output. */
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const folder = new URL(values.quick ? '../results/' : '../../results/', import.meta.url);

const startedAt = performance.now();
const elapsedSeconds = () => (performance.now() - startedAt) / 1_000;
const tell = (what: string) => process.stdout.write(`${Math.round(elapsedSeconds())} s: ${what}\n`);

const results = await runBench(values.quick ? quickRun : fullRun, tell);
await mkdir(folder, { recursive: true });
await writeFile(new URL('results.json', folder), toJson(results));
await writeFile(new URL('README.md', folder), writeMarkdown(results, elapsedSeconds()));
for (const [name, chart] of drawCharts(results)) await writeFile(new URL(name, folder), chart);
tell('done');

/** Indented as the formatter of this repository has it: lists of numbers on one line. */
function toJson(value: unknown): string {
  const onOneLine = (_match: string, list: string) => `[${list.trim().split(/,\s+/).join(', ')}]`;
  return `${JSON.stringify(value, rounded, 2).replaceAll(/\[\n([\s\d.,-]+)\n\s*\]/g, onOneLine)}\n`;
}

/** Thousandths are below what is measured. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1_000) / 1_000 : value;
}
