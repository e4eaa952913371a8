import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { parseUuid } from '../http/request-input.js';
import { parseLeniently } from '../http/scalar-coercion.js';
import { tenantManagerApplicationId } from '../store/default-entities.js';
import { defaultTenantId } from '../store/defaults.js';
import { providedVariables } from './provided-variables.js';
import { maximumFileBytes, Substitution, withoutMark } from './substitution.js';

/** A kickstart file, read and with every placeholder replaced. */
export interface Kickstart {
  readonly file: string;
  /** The id the default tenant is to have: the variable `defaultTenantId`. */
  readonly tenantId: string;
  /** The id of the Tenant Manager application: the variable `tenantManagerApplicationId`. */
  readonly tenantManagerApplicationId: string;
  /** The first key, which may do everything. The requests are made with it. */
  readonly apiKey: string;
  readonly apiKeys: readonly KickstartKey[];
  readonly requests: readonly KickstartRequest[];
}

type KickstartKey = z.output<typeof apiKeyJson>;

export type KickstartRequest = z.output<typeof requestJson> & {
  /** The line of the file where the request starts, counted from 1. Undefined where it cannot be told. */
  readonly line: number | undefined;
};

/** A kickstart file that cannot be read or carried out. The message is for whoever wrote the file. */
class KickstartError extends Error {
  override readonly name = 'KickstartError';
}

/**
 * Reads a file in the format of FusionAuth's kickstart documentation: `variables`, `apiKeys` and `requests`. Settings
 * and licences are ignored.
 *
 * @throws KickstartError naming every problem of the file at once.
 */
export function readKickstart(file: string, environment: Readonly<Record<string, string | undefined>>): Kickstart {
  const text = readFile(file);
  const content = parse(file, text);
  const directory = dirname(file);
  const given = checked(file, fileJson.safeParse(content));
  const tenantId = idVariable(given.variables, 'defaultTenantId', environment) ?? defaultTenantId;
  const tenantManagerId =
    idVariable(given.variables, 'tenantManagerApplicationId', environment) ?? tenantManagerApplicationId;
  const variables = new Map(providedVariables(tenantId, tenantManagerId));
  const substitution = new Substitution({ variables, environment, directory });
  for (const [name, value] of Object.entries(given.variables)) {
    variables.set(name, `${substitution.replace(value)}`);
  }
  const replaced = substitution.replace({ apiKeys: given.apiKeys, requests: given.requests });
  if (substitution.problems.size > 0) {
    throw new KickstartError(`${file} cannot be carried out:\n${[...substitution.problems].join('\n')}`);
  }
  const { apiKeys, requests } = checked(file, parseLeniently(replacedJson, replaced));
  const [first] = apiKeys;
  const isRestricted = Object.keys(first?.permissions?.endpoints ?? {}).length > 0 || first?.tenantId !== undefined;
  if (first === undefined || isRestricted) {
    throw new KickstartError(`${file}: the first API key must exist and be unrestricted`);
  }
  if (requests.length > 0 && (!canBeInHeader(first.key) || first.key !== first.key.trim())) {
    throw new KickstartError(
      `${file}: the first API key must be of characters that a header can hold, without white space at its ends: the requests are made with it`,
    );
  }
  const lines = linesOfRequests(text, requests.length);
  return {
    file,
    tenantId,
    tenantManagerApplicationId: tenantManagerId,
    apiKey: first.key,
    apiKeys,
    requests: requests.map((request, index) => ({ ...request, line: lines[index] })),
  };
}

function readFile(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > maximumFileBytes) {
      throw new KickstartError(`${file} has ${size} bytes; at most ${maximumFileBytes} are read`);
    }
    return withoutMark(readFileSync(file, 'utf8'));
  } catch (error) {
    throw error instanceof KickstartError ? error : new KickstartError(`Cannot read ${file}: ${messageOf(error)}`);
  }
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new KickstartError(`${file} is no JSON (comments are not allowed): ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : `${error}`;
}

function checked<T>(file: string, parsed: z.ZodSafeParseResult<T>): T {
  if (!parsed.success) {
    throw new KickstartError(`${file} is no kickstart file:\n${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}

/** A variable that names an id the instance is to have. Unknown placeholders in it are reported with the others. */
function idVariable(
  variables: z.output<typeof fileJson>['variables'],
  name: string,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const value = variables[name];
  if (value === undefined) {
    return undefined;
  }
  const known = new Map(Object.entries(variables).map(([other, text]): [string, string] => [other, `${text}`]));
  const text = `${new Substitution({ variables: known, environment, directory: '.' }).replace(`${value}`)}`;
  variables[name] = text;
  try {
    return text.includes('#{') ? undefined : parseUuid(text, name);
  } catch {
    throw new KickstartError(`The variable ${name} must be a UUID, not "${text}"`);
  }
}

/**
 * The line on which each member of `requests` starts. Found in the text, because parsed JSON has no lines: the members
 * are what stands one level below the list.
 */
function linesOfRequests(text: string, count: number): number[] {
  const start = /"requests"\s*:\s*\[/.exec(text);
  if (start === null) {
    return [];
  }
  const lines: number[] = [];
  let depth = 0;
  let line = text.slice(0, start.index + start[0].length).split('\n').length;
  for (const [token] of text.slice(start.index + start[0].length).matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}\n]/g)) {
    if (token === '\n') {
      line += 1;
    } else if (token === ']' || token === '}') {
      depth -= 1;
    } else {
      if (depth === 0 && lines.length < count) {
        lines.push(line);
      }
      depth += token === '[' || token === '{' ? 1 : 0;
    }
    if (depth < 0) {
      break;
    }
  }
  return lines;
}

/** Others would be refused by the client that makes the requests, without a word about where they come from. */
function canBeInHeader(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text);
}

/** Null and an empty text stand for nothing, as a variable that is not set may leave them. */
const optionalText = z
  .string()
  .nullish()
  .transform((value) => (value === null || value === '' ? undefined : value));

const apiKeyJson = z.object({
  id: z.string().optional(),
  key: z.string().min(1),
  description: z.string().optional(),
  name: z.string().optional(),
  tenantId: optionalText,
  keyManager: z.boolean().optional(),
  permissions: z
    .object({ endpoints: z.record(z.string(), z.array(z.string())).nullish() })
    .nullish()
    .transform((permissions) => (permissions?.endpoints ? { endpoints: permissions.endpoints } : undefined)),
});

const requestJson = z.object({
  method: z
    .string()
    .transform((method) => method.toUpperCase())
    .pipe(z.enum(['POST', 'PUT', 'PATCH'])),
  url: z.string().min(1),
  body: z.unknown().optional(),
  tenantId: optionalText,
  contentType: z.string().refine(canBeInHeader, 'must be of characters that a header can hold').optional(),
});

const replacedJson = z.object({
  apiKeys: z.array(apiKeyJson).default([]),
  requests: z.array(requestJson).default([]),
});

/** Before placeholders are replaced, any member may be one. */
const fileJson = z.object({
  variables: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()], 'must be a text, a number, true or false'))
    .default({}),
  apiKeys: z.unknown().optional(),
  requests: z.unknown().optional(),
});
