import { isMap, isNode, isScalar, LineCounter, type Node, parseDocument, type Scalar, visit } from 'yaml';
import { ambiguityOf } from './ambiguous-scalar.js';
import { depthOf } from './nesting.js';
import {
  byPlace,
  maxPolicyBytes,
  maxProblems,
  type ParsedPolicy,
  type Path,
  parseValue,
  refused,
} from './parse-policy.js';
import type { PolicyProblem } from './problem.js';

/** How deep collections may be nested: the language has six levels. */
const maxDepth = 20;

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

function firstLineOf(message: string): string {
  return message.split('\n')[0] ?? message;
}
