import type { FindingState, SetUpFinding, SetUpReport } from '../domain/set-up-finding.js';

const words: Readonly<Record<FindingState, string>> = {
  ok: 'ok',
  warning: 'warning',
  problem: 'problem',
  notChecked: 'not checked',
};

const stateWidth = Math.max(...Object.values(words).map(({ length }) => length));

/** A line for each finding, and one that counts them. */
export function textOf({ findings }: SetUpReport): string {
  const checkWidth = Math.max(0, ...findings.map(({ check }) => check.length));
  const lines = findings.map(
    ({ state, check, message }) => `${words[state].padEnd(stateWidth)}  ${check.padEnd(checkWidth)}  ${message}\n`,
  );
  const { problem, warning, ok, notChecked } = countsOf(findings);
  return `${lines.join('')}\n${problem} to mend, ${warning} to look at, ${ok} ok, ${notChecked} not checked.\n`;
}

/** One JSON document. */
export function jsonOf({ checkedAt, findings }: SetUpReport): string {
  const report = { checkedAt: new Date(checkedAt).toISOString(), counts: countsOf(findings), findings };
  return `${JSON.stringify(report)}\n`;
}

function countsOf(findings: readonly SetUpFinding[]): Readonly<Record<FindingState, number>> {
  const counts = { problem: 0, warning: 0, ok: 0, notChecked: 0 };
  for (const { state } of findings) counts[state]++;
  return counts;
}
