import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { drawCharts } from './report/charts.js';
import { writeMarkdown } from './report/markdown.js';
import type { BenchResults, ScenarioName } from './results.js';
import { runBench, scenarioNames } from './run.js';
import { fullRun, quickRun } from './settings.js';

/**
 * `npm run bench` writes its results beside this folder's sources. With `-- --quick`, a trial run, or with names of
 * scenarios, it writes them beside its output, and prints them. With `-- --page` nothing is measured: the page is written
 * anew from the figures of the last whole run.
 */
const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, page: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const names = positionals.length === 0 ? scenarioNames : positionals.map(scenarioOf);
const isWhole = !values.quick && positionals.length === 0;
const folder = new URL(isWhole ? '../../results/' : '../results/', import.meta.url);

const startedAt = performance.now();
const elapsedSeconds = () => (performance.now() - startedAt) / 1_000;
const tell = (what: string) => process.stdout.write(`${Math.round(elapsedSeconds())} s: ${what}\n`);

const figures = new URL('results.json', folder);
await mkdir(folder, { recursive: true });
if (!values.page) await measure();
// As recorded, so that the page of a run is the one that is written anew from its figures.
const { results, tookSeconds } = await readFigures();
const page = writeMarkdown(results, tookSeconds);
await writeFile(new URL('README.md', folder), page);
for (const [name, chart] of drawCharts(results)) await writeFile(new URL(name, folder), chart);
if (!isWhole) process.stdout.write(page);
if (Object.keys(results.failures).length > 0) process.exitCode = 1;
tell('done');

interface Run {
  readonly results: BenchResults;
  readonly tookSeconds: number;
}

async function measure(): Promise<void> {
  const results = await runBench(names, values.quick ? quickRun : fullRun, tell);
  const run: Run = { tookSeconds: elapsedSeconds(), results };
  await writeFile(figures, toJson(run));
}

/** Written by this program. */
async function readFigures(): Promise<Run> {
  return JSON.parse(await readFile(figures, 'utf8')) as Run;
}

/** Of `login-storm` as of `loginStorm`. */
function scenarioOf(given: string): ScenarioName {
  const name = scenarioNames.find((one) => one === given.replaceAll(/-./g, ([, letter = '']) => letter.toUpperCase()));
  if (name === undefined) throw new RangeError(`There is no scenario ${given}. There are: ${scenarioNames.join(', ')}`);
  return name;
}

/** Indented as the formatter of this repository has it: lists of numbers on one line. */
function toJson(value: unknown): string {
  const onOneLine = (_match: string, list: string) => `[${list.trim().split(/,\s+/).join(', ')}]`;
  return `${JSON.stringify(value, rounded, 2).replaceAll(/\[\n([\s\d.,-]+)\n\s*\]/g, onOneLine)}\n`;
}

/** Thousandths are below what is measured. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1_000) / 1_000 : value;
}
