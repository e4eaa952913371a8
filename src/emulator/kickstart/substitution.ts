import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export interface SubstitutionSources {
  /** Values of `#{name}`. */
  readonly variables: ReadonlyMap<string, string>;
  /** Values of `#{ENV.NAME}`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where `@{file}` and `&{file}` are looked for. */
  readonly directory: string;
}

/** Included files may include others, to this depth; a file that includes itself must end somewhere. */
const maximumDepth = 10;

/**
 * Replaces the placeholders of FusionAuth's kickstart documentation in every string of a JSON value, names included:
 * `#{name}`, `#{ENV.NAME}`, `#{UUID()}`, `@{file}` for the text of a file, and a string that is `&{file}` and nothing
 * else for its JSON. `\#{` stays as `#{`.
 *
 * @param problems - collects what could not be replaced, so that all of it can be reported at once.
 */
export function substitute(value: unknown, sources: SubstitutionSources, problems: string[], depth = 0): unknown {
  const recurse = (nested: unknown, deeper = depth) => substitute(nested, sources, problems, deeper);
  if (depth > maximumDepth) {
    problems.push(`Files include each other more than ${maximumDepth} deep`);
    return value;
  }
  if (Array.isArray(value)) {
    return value.map((member) => recurse(member));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [substituteText(name, sources, problems), recurse(member)]),
    );
  }
  if (typeof value !== 'string') {
    return value;
  }
  const jsonFile = /^&\{([^}]+)\}$/.exec(value)?.[1];
  if (jsonFile !== undefined) {
    const included = readJson(jsonFile, sources, problems);
    return recurse(included, depth + 1);
  }
  const withFiles = value.replace(/@\{([^}]+)\}/g, (_all, file: string) => readText(file, sources, problems));
  return substituteText(withFiles, sources, problems);
}

function substituteText(text: string, { variables, environment }: SubstitutionSources, problems: string[]): string {
  return text.replace(/(\\?)#\{([^}]*)\}/g, (all, backslash: string, name: string) => {
    if (backslash !== '') {
      return all.slice(1);
    }
    if (name === 'UUID()') {
      return randomUUID();
    }
    const found = name.startsWith('ENV.') ? environment[name.slice('ENV.'.length)] : variables.get(name);
    if (found === undefined) {
      problems.push(`Unknown ${name.startsWith('ENV.') ? 'environment variable' : 'variable'} #{${name}}`);
    }
    return found ?? all;
  });
}

function readText(file: string, { directory }: SubstitutionSources, problems: string[]): string {
  try {
    return readFileSync(resolve(directory, file), 'utf8');
  } catch {
    problems.push(`Cannot read ${file}`);
    return '';
  }
}

function readJson(file: string, sources: SubstitutionSources, problems: string[]): unknown {
  try {
    return JSON.parse(readText(file, sources, problems) || 'null');
  } catch {
    problems.push(`${file} is not JSON`);
    return null;
  }
}
