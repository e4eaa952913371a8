import type { z } from 'zod';
import type { ApplicationId } from '../domain/ids.js';
import type { Policy } from '../domain/policy/policy.js';
import { policyOf } from './documented-policy.js';
import { policyLanguage } from './language.js';
import type { PolicyProblem } from './problem.js';

export type ParsedPolicy =
  | { readonly ok: true; readonly policy: Policy }
  /** Every problem found, in the order of the text. `isUnread` where there is no text to find any in. */
  | { readonly ok: false; readonly problems: readonly PolicyProblem[]; readonly isUnread?: true };

/** Room for a thousand ids of users. The parser takes a second for the worst text of this length. */
export const maxPolicyBytes = 64 * 1_024;

/** How many problems are reported. A wholly wrong text has as many as it has values. */
export const maxProblems = 50;
const maxLocated = 500;

export type Path = readonly PropertyKey[];

/**
 * Parses a policy that is a value, such as one that FusionAuth keeps. Never throws.
 * @param applicationId The application whose policy it is; null for the policy of a tenant.
 */
export function parsePolicyValue(value: unknown, applicationId: ApplicationId | null): ParsedPolicy {
  const nowhere = () => ({ line: null, column: null });
  if (typeof value === 'string') {
    const message = 'must be an object, and is a text: leave out the quotation marks around it';
    return { ok: false, problems: [{ ...nowhere(), path: '', message }] };
  }
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) > maxPolicyBytes) return refused(`must have at most ${maxPolicyBytes} bytes`);
  return parseValue(value, nowhere, applicationId);
}

type Locate = (path: Path, isKey: boolean) => Pick<PolicyProblem, 'line' | 'column'>;

/** @param locate Where in its text a value stands, or the name of a member. */
export function parseValue(value: unknown, locate: Locate, applicationId: ApplicationId | null = null): ParsedPolicy {
  const parsed = policyLanguage.safeParse(value);
  const issues = parsed.success ? [] : parsed.error.issues.flatMap(flattened);
  // Bounded, because each problem is located in the text.
  const problems = [...issues.slice(0, maxLocated), ...contradictionsIn(value, applicationId)]
    .map(({ path, isKey = false, message }) => ({ ...locate(path, isKey), path: textOf(path), message }))
    .sort(byPlace);
  if (!parsed.success || problems.length > 0) return { ok: false, problems: problems.slice(0, maxProblems) };
  return { ok: true, policy: policyOf(parsed.data, applicationId) };
}

export function byPlace(a: PolicyProblem, b: PolicyProblem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

interface Fault {
  readonly path: Path;
  /** True when the fault is in the name of the last member, not in its value. */
  readonly isKey?: boolean;
  readonly message: string;
}

function flattened(issue: z.core.$ZodIssue): readonly Fault[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, message: issue.message }];
  return issue.keys.map((key) => ({
    path: [...issue.path, key],
    isKey: true,
    message: `is not known here; ${knownAt(issue.path)} are`,
  }));
}

/** Members that contradict each other, found in the value itself, so that they are reported with all other problems. */
function contradictionsIn(value: unknown, applicationId: ApplicationId | null): readonly Fault[] {
  const rules = membersOf(value)['rules'];
  if (!Array.isArray(rules)) return [];
  const firstOf = new Map<unknown, number>();
  return rules.flatMap((rule: unknown, index): readonly Fault[] => {
    const { name, overflow, sso, when } = membersOf(rule);
    const first = firstOf.get(name);
    if (first === undefined) firstOf.set(name, index);
    const condition = membersOf(when);
    const faults: Fault[] = [];
    if (name !== undefined && first !== undefined) {
      faults.push({ path: ['rules', index, 'name'], message: `must be unique: rules[${first}] has it, too` });
    }
    if (overflow === 'deny-new' && sso !== undefined && sso !== 'keep-all') {
      const message = 'must be keep-all or left out under deny-new, which ends nothing';
      faults.push({ path: ['rules', index, 'sso'], message });
    }
    for (const member of ['applications', 'tenants'] as const) {
      if (applicationId === null || condition[member] === undefined) continue;
      const message = 'must be left out in the policy of an application, which is about its own sessions';
      faults.push({ path: ['rules', index, 'when', member], isKey: true, message });
    }
    return faults;
  });
}

/** The names that the language knows at a path, for the message about an unknown one. */
function knownAt(path: Path): string {
  let schema: unknown = policyLanguage;
  for (const step of path) {
    const shape = shapeOf(schema);
    schema = typeof step === 'number' ? elementOf(schema) : shape[String(step)];
  }
  return Object.keys(shapeOf(schema)).join(', ');
}

function unwrapped(schema: unknown): Readonly<Record<string, unknown>> {
  const def = membersOf(membersOf(schema)['def']);
  return def['innerType'] === undefined ? def : unwrapped(def['innerType']);
}

function shapeOf(schema: unknown): Readonly<Record<string, unknown>> {
  return membersOf(unwrapped(schema)['shape']);
}

function elementOf(schema: unknown): unknown {
  return unwrapped(schema)['element'];
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function textOf(path: Path): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${String(step)}`))
    .join('');
}

export function refused(message: string): ParsedPolicy {
  return { ok: false, problems: [{ line: 1, column: 1, path: '', message }] };
}
