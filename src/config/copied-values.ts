import { environment } from './environment.js';
import { secretNames } from './variables/secret-files.js';

const quoted = /^(["']).*\1$/s;

const isJson = /^\s*[[{]/;

const isSecret = (name: string): boolean => secretNames.some((secret) => secret === name);

type Given = Readonly<Record<string, string | undefined>>;

/**
 * Finds traces of copying that no schema refuses: quotation marks, which `docker --env-file` keeps, and white space
 * around secrets, which may hold any character.
 * @returns a problem by the name of its variable. Never holds the value.
 */
export function copyingSlips(given: Given): ReadonlyMap<string, string> {
  const problems = new Map<string, string>();
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || !Object.hasOwn(environment.shape, name)) continue;
    if (quoted.test(value.trim())) {
      problems.set(name, `${name}: must be without the quotation marks around it, which docker --env-file keeps`);
    } else if (isSecret(name) && hasSpace(value)) {
      problems.set(name, `${name}: must be without the white space at its ends`);
    }
  }
  return problems;
}

/** JSON may stand on lines of its own. */
function hasSpace(value: string): boolean {
  return value.trim() !== value && !isJson.test(value);
}

const units: readonly (readonly [RegExp, string])[] = [
  [/_MS$/, 'milliseconds'],
  [/_SECONDS$/, 'seconds'],
  [/_DAYS$/, 'days'],
  [/_BYTES$/, 'bytes'],
];

/** The problem that a schema reports for a variable; for a number with the unit from its name. */
export function problemOf(path: readonly PropertyKey[], message: string, given: Given): string {
  const name = String(path[0]);
  const unit = units.find(([ending]) => ending.test(name))?.[1];
  const isNumber = /^must be (a whole number )?from \d+ to \d+$/.test(message);
  const ofUnit = isNumber && unit !== undefined ? `: ${unit}, in digits alone` : '';
  const value = given[name] ?? '';
  const ends = value.includes('\r')
    ? 'a carriage return: save its file with the line ends of Unix'
    : 'white space at its ends';
  const ofSpace = value.trim() !== '' && hasSpace(value) ? `. It has ${ends}` : '';
  return `${path.join('.')}: ${message}${ofUnit}${ofSpace}`;
}
