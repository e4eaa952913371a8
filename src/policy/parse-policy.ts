import { isMap, isNode, isScalar, LineCounter, type Node, parseDocument, type Scalar, visit } from 'yaml';
import type { z } from 'zod';
import type { ApplicationId } from '../domain/ids.js';
import type { Policy } from '../domain/policy/policy.js';
import { ambiguityOf } from './ambiguous-scalar.js';
import { policyOf } from './documented-policy.js';
import { policyLanguage } from './language.js';
import { depthOf } from './nesting.js';
import type { PolicyProblem } from './problem.js';

export type ParsedPolicy =
  | { readonly ok: true; readonly policy: Policy }
  /** Every problem found, in the order of the text. */
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/** Room for a thousand ids of users. The parser takes a second for the worst text of this length. */
export const maxPolicyBytes = 64 * 1_024;

/** How deep collections may be nested: the language has six levels. */
const maxDepth = 20;

/** How many problems are reported. A wholly wrong text has as many as it has values. */
const maxProblems = 50;
const maxLocated = 500;

type Path = readonly PropertyKey[];

/** Parses a policy written in YAML, or in JSON, which YAML contains. Never throws. */
export function parsePolicyText(text: string): ParsedPolicy {
  if (Buffer.byteLength(text) > maxPolicyBytes) return refused(`must have at most ${maxPolicyBytes} bytes`);
  if (depthOf(text) > maxDepth) return refused(`must nest at most ${maxDepth} collections`);
  return parseYaml(text);
}

function parseYaml(text: string): ParsedPolicy {
  const lines = new LineCounter();
  const document = parseDocument(text.replace(/^\uFEFF/, ''), {
    lineCounter: lines,
    prettyErrors: false,
    // The parser compares each key with each, which takes minutes for many. Checked below instead.
    uniqueKeys: false,
  });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const faults = [...document.errors, ...document.warnings].map(({ code, pos, message }) => ({
    ...at(pos[0]),
    path: '',
    message:
      code === 'MULTIPLE_DOCS'
        ? 'must be one document: leave out the line --- and what follows it'
        : `is not YAML: ${firstLineOf(message)}`,
  }));
  const add = (node: unknown, message: string) => {
    faults.push({ ...at(rangeOf(node) ?? 0), path: '', message });
  };
  // Tags are refused, because the parser knows some that change the meaning of a value.
  const refuseTag = (node: Node) => {
    if (node.tag !== undefined) add(node, 'must not have a tag: write the value alone');
  };
  const ambiguities: PolicyProblem[] = [];
  const findAmbiguity = (node: Scalar) => {
    const message = ambiguityOf(node);
    if (message !== null) ambiguities.push({ ...at(rangeOf(node) ?? 0), path: '', message });
  };
  visit(document, {
    // Aliases of aliases can expand beyond memory, and no policy needs one.
    Alias: (_key, node) => add(node, 'must not use aliases: write the value out'),
    Scalar: (_key, node) => {
      refuseTag(node);
      findAmbiguity(node);
    },
    Seq: (_key, node) => refuseTag(node),
    Map: (_key, node) => {
      refuseTag(node);
      const { items } = node;
      const keys = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) {
          add(key, 'must be a name, and is a collection: templates such as {{ }} have to be filled in first');
          continue;
        }
        const name = String(key.value);
        if (keys.has(name)) add(key, `is here twice: ${name}`);
        keys.add(name);
      }
    },
  });
  if (faults.length > 0) return { ok: false, problems: faults.slice(0, maxProblems) };
  if (document.contents === null) return refused('is empty, and must hold version, mode and rules');
  const parsed = parseValue(document.toJS(), (path, isKey) => at(offsetOf(document.contents, path, isKey)));
  return ambiguities.length === 0 ? parsed : refusedFor(ambiguities, parsed.ok ? [] : parsed.problems);
}

/** @param known Other problems of the same values, which say more. */
function refusedFor(ambiguities: readonly PolicyProblem[], known: readonly PolicyProblem[]): ParsedPolicy {
  const others = ambiguities.filter(({ line, column }) =>
    known.every((one) => one.line !== line || one.column !== column),
  );
  return { ok: false, problems: [...known, ...others].sort(byPlace).slice(0, maxProblems) };
}

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

function parseValue(value: unknown, locate: Locate, applicationId: ApplicationId | null = null): ParsedPolicy {
  const parsed = policyLanguage.safeParse(value);
  const issues = parsed.success ? [] : parsed.error.issues.flatMap(flattened);
  // Bounded, because each problem is located in the text.
  const problems = [...issues.slice(0, maxLocated), ...contradictionsIn(value, applicationId)]
    .map(({ path, isKey = false, message }) => ({ ...locate(path, isKey), path: textOf(path), message }))
    .sort(byPlace);
  if (!parsed.success || problems.length > 0) return { ok: false, problems: problems.slice(0, maxProblems) };
  return { ok: true, policy: policyOf(parsed.data, applicationId) };
}

function byPlace(a: PolicyProblem, b: PolicyProblem): number {
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

/** The offset of the value at a path, or of the nearest enclosing value that exists. */
function offsetOf(contents: Node | null, path: Path, isKey: boolean): number {
  let node: unknown = contents;
  let offset = contents?.range?.[0] ?? 0;
  for (const [depth, step] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) return offset;
      const isLast = depth === path.length - 1;
      const place: unknown = isKey && isLast ? pair.key : (pair.value ?? pair.key);
      node = pair.value;
      offset = rangeOf(place) ?? offset;
    } else {
      node = isNode(node) && 'items' in node && typeof step === 'number' ? node.items[step] : undefined;
      offset = rangeOf(node) ?? offset;
    }
  }
  return offset;
}

function rangeOf(node: unknown): number | undefined {
  return isNode(node) ? (node.range?.[0] ?? undefined) : undefined;
}

function textOf(path: Path): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${String(step)}`))
    .join('');
}

function firstLineOf(message: string): string {
  return message.split('\n')[0] ?? message;
}

function refused(message: string): ParsedPolicy {
  return { ok: false, problems: [{ line: 1, column: 1, path: '', message }] };
}
