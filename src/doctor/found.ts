import type { TenantId } from '../domain/ids.js';
import type { FindingState, SetUpFinding } from '../domain/set-up-finding.js';

/** A finding of a check, to which the runner of checks adds the name of the check. */
export type Found = Omit<SetUpFinding, 'check'>;

const finding =
  (state: FindingState) =>
  (message: string, tenantId: TenantId | null = null): Found => ({
    state,
    message,
    tenantId,
  });

export const ok = finding('ok');
export const warning = finding('warning');
export const problem = finding('problem');
export const notChecked = finding('notChecked');

/** The longest name that is shown, in characters. */
const maxNameLength = 64;

/** A name that somebody gave in FusionAuth, within one line. */
export function shown(name: string): string {
  const line = name.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return line.length > maxNameLength ? `${line.slice(0, maxNameLength)}…` : line;
}

export function nameOf({ id, name }: { readonly id: string; readonly name: string | null }): string {
  return name === null ? id : shown(name) || id;
}

/** How many names a list shows. */
const maxListed = 10;

export function listOf(names: readonly string[]): string {
  const first = names.slice(0, maxListed);
  const rest = names.length - first.length;
  return rest === 0 ? first.join(', ') : `${first.join(', ')} and ${rest} more`;
}

const units: readonly (readonly [number, string])[] = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** A time in its largest whole unit, such as `90 minutes`. */
export function duration(seconds: number): string {
  const [size, unit] = units.find(([one]) => seconds >= one && seconds % one === 0) ?? [1, 'second'];
  const count = seconds / size;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
