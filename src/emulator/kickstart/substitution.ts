import { randomUUID } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

interface SubstitutionSources {
  /** Values of `#{name}`. */
  readonly variables: ReadonlyMap<string, string>;
  /** Values of `#{ENV.NAME}`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where `@{file}` and `&{file}` are looked for. */
  readonly directory: string;
}

/** Included files may include others, to this depth; a file that includes itself must end somewhere. */
const maximumDepth = 10;

/** Room for a theme or a list of users; more is a mistake, such as a path to a data set. */
export const maximumFileBytes = 10 * 1_024 * 1_024;

/** A file that includes another twice at every level would read it a thousand times. */
const maximumIncludes = 1_000;

/**
 * Replaces the placeholders of FusionAuth's kickstart documentation in every string of a JSON value, names included:
 * `#{name}`, `#{ENV.NAME}`, `#{UUID()}`, `@{file}` for the text of a file, and a string that is `&{file}` and nothing
 * else for its JSON. A backslash before one of them keeps it as it is, without the backslash.
 */
export class Substitution {
  /** What could not be replaced, so that all of it can be reported at once. */
  readonly problems = new Set<string>();
  #includes = 0;

  constructor(readonly sources: SubstitutionSources) {}

  replace(value: unknown, depth = 0): unknown {
    if (Array.isArray(value)) {
      return value.map((member) => this.replace(member, depth));
    }
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(
        Object.entries(value).map(([name, member]) => [this.#text(name, depth), this.replace(member, depth)]),
      );
    }
    if (typeof value !== 'string') {
      return value;
    }
    const jsonFile = /^&\{([^}]+)\}$/.exec(value.trim())?.[1];
    return jsonFile === undefined ? this.#text(value, depth) : this.#json(jsonFile, depth + 1);
  }

  #text(text: string, depth: number): string {
    return text.replace(/(\\?)([#@&])\{([^}]*)\}/g, (all, backslash: string, sign: string, name: string) => {
      if (backslash !== '') {
        return all.slice(1);
      }
      switch (sign) {
        case '#':
          return this.#variable(name) ?? all;
        case '@':
          return this.#included(name, depth + 1);
        default:
          return all;
      }
    });
  }

  /** The text of a file, in which variables are replaced and nothing is included. */
  #included(file: string, depth: number): string {
    return this.#read(file, depth).replace(/(\\?)#\{([^}]*)\}/g, (all, backslash: string, name: string) =>
      backslash === '' ? (this.#variable(name) ?? all) : all.slice(1),
    );
  }

  #variable(name: string): string | undefined {
    if (name.trim() === 'UUID()') {
      return randomUUID();
    }
    const { variables, environment } = this.sources;
    const isEnvironment = name.startsWith('ENV.');
    const found = isEnvironment ? environment[name.slice('ENV.'.length)] : variables.get(name);
    if (found === undefined) {
      this.problems.add(`Unknown ${isEnvironment ? 'environment variable' : 'variable'} #{${name}}`);
    }
    return found;
  }

  #json(file: string, depth: number): unknown {
    const text = this.#read(this.#text(file, depth), depth);
    if (text === '') {
      return null;
    }
    try {
      return this.replace(JSON.parse(text), depth);
    } catch (error) {
      this.problems.add(`${file} is not JSON: ${error instanceof Error ? error.message : error}`);
      return null;
    }
  }

  #read(file: string, depth: number): string {
    this.#includes += 1;
    if (depth > maximumDepth || this.#includes > maximumIncludes) {
      this.problems.add(
        `Files include each other more than ${maximumDepth} deep or ${maximumIncludes} times: ${file} is among them`,
      );
      return '';
    }
    try {
      const path = resolve(this.sources.directory, file);
      const { size } = statSync(path);
      if (size > maximumFileBytes) {
        this.problems.add(`${file} has ${size} bytes; at most ${maximumFileBytes} are read`);
        return '';
      }
      return withoutMark(readFileSync(path, 'utf8'));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
      this.problems.add(`Cannot read ${file}${code}`);
      return '';
    }
  }
}

/** A byte order mark is no JSON, and editors write it. */
export function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, '');
}
