import type { SetUpFinding } from '../domain/set-up-finding.js';
import { type Found, notChecked } from './found.js';

/** A check of one part of the set-up. */
export interface Check {
  /** Words joined by hyphens. Unique. */
  readonly name: string;
  /** Checks without which this one makes no sense: it waits for them, and is left out when one finds a problem. */
  readonly after?: readonly string[];
  /** Rejects only for a fault of its own. Stops soon after the signal is aborted. */
  readonly run: (signal: AbortSignal) => Promise<readonly Found[]>;
}

interface CheckTimes {
  /** How long one check may take, in milliseconds. */
  readonly checkTimeoutMs: number;
  /** How long all may take, in milliseconds. */
  readonly totalTimeoutMs: number;
}

/** How many findings of one check are reported; one further finding gives the number of the rest. */
const maxFindingsOfCheck = 50;

/**
 * Runs checks side by side, each after those that it depends on. Never rejects.
 * @param checks Each after those that it names in `after`.
 * @returns the findings in the order of the checks, of each check the worst first.
 */
export async function runChecks(checks: readonly Check[], times: CheckTimes): Promise<readonly SetUpFinding[]> {
  const end = AbortSignal.timeout(times.totalTimeoutMs);
  const under = new Map<string, Promise<readonly Found[]>>();
  for (const check of checks) {
    const before = (check.after ?? []).map(async (name) => ({ name, found: (await under.get(name)) ?? [] }));
    under.set(check.name, runAfter(check, before, end, times));
  }
  const all = await Promise.all(
    checks.map(async ({ name }) => ({ name, found: worstFirst((await under.get(name)) ?? []) })),
  );
  return all.flatMap(({ name: check, found }) => cut(found).map((one) => ({ check, ...one })));
}

async function runAfter(
  { name, run }: Check,
  before: readonly Promise<{ readonly name: string; readonly found: readonly Found[] }>[],
  end: AbortSignal,
  { checkTimeoutMs, totalTimeoutMs }: CheckTimes,
): Promise<readonly Found[]> {
  const failed = (await Promise.all(before)).find(({ found }) => isInTheWay(found));
  if (failed !== undefined) return [notChecked(`Not checked, because of the findings of: ${failed.name}.`)];
  const signal = AbortSignal.any([end, AbortSignal.timeout(checkTimeoutMs)]);
  const givenUp = new Promise<readonly Found[]>((resolve) => {
    const giveUp = () => {
      const seconds = (end.aborted ? totalTimeoutMs : checkTimeoutMs) / 1_000;
      resolve([notChecked(`Not checked: given up after ${seconds} seconds${end.aborted ? ' for all' : ''}.`)]);
    };
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
  const work = run(signal).catch((error: unknown) => [
    notChecked(`Not checked: the check ${name} failed (${error instanceof Error ? error.name : typeof error}).`),
  ]);
  return Promise.race([work, givenUp]);
}

function isInTheWay(found: readonly Found[]): boolean {
  const isUnknown = found.length > 0 && found.every(({ state }) => state === 'notChecked');
  return isUnknown || found.some(({ state }) => state === 'problem');
}

const order = ['problem', 'warning', 'notChecked', 'ok'];

function worstFirst(found: readonly Found[]): readonly Found[] {
  return [...found].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
}

function cut(found: readonly Found[]): readonly Found[] {
  const [next] = found.slice(maxFindingsOfCheck);
  if (next === undefined) return found;
  const message = `${found.length - maxFindingsOfCheck} more findings of this kind are not shown.`;
  return [...found.slice(0, maxFindingsOfCheck), { state: next.state, message, tenantId: null }];
}
