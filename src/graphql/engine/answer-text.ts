import type { FormattedExecutionResult } from 'graphql';
import { type LoopTurns, laneOf, lineOf } from '../../application/operation/loop-turns.js';
import type { OperationScope } from '../../application/operation/operation-scope.js';

/** How many values of an answer are written at once, and after how many characters other work gets a turn. */
const valuesAtOnce = 500;
const charactersAtOnce = 100_000;

/** How many characters take one unit of work to write. */
const charactersOfUnit = 150;

/** Writes answers as JSON. Long ones are written piece by piece, between the work of others. */
export class AnswerTexts {
  readonly #scopes = new WeakMap<object, OperationScope>();

  constructor(private readonly turns: LoopTurns) {}

  /** Names the operation that a result belongs to, whose turns the writing of a long one takes. */
  expect({ data }: FormattedExecutionResult, scope: OperationScope): void {
    if (scope.work.bytes > charactersAtOnce && data != null) this.#scopes.set(data, scope);
  }

  readonly write = (result: FormattedExecutionResult): string | Promise<string> => {
    const scope = result.data == null ? undefined : this.#scopes.get(result.data);
    // Its scope may lead back to the result: V8 would hold both, with all that was read, for one collection of garbage longer.
    if (result.data != null) this.#scopes.delete(result.data);
    return scope === undefined ? `${JSON.stringify(result)}\n` : this.#writeSlowly(result, scope);
  };

  async #writeSlowly(result: FormattedExecutionResult, scope: OperationScope): Promise<string> {
    const written: string[] = [];
    let characters = 0;
    for (const piece of jsonPieces(result)) {
      written.push(piece);
      characters += piece.length;
      if (characters < charactersAtOnce) continue;
      await this.turns.take(laneOf(scope), lineOf(scope), characters / charactersOfUnit);
      characters = 0;
    }
    // Part of the list, because adding it to the text would copy that once more.
    written.push('\n');
    return written.join('');
  }
}

/** The text of JSON.stringify for objects, lists, texts, numbers, booleans and null, in pieces of bounded size. */
export function* jsonPieces(value: unknown): Generator<string, void, undefined> {
  if (!isContainer(value) || countUpTo(valuesAtOnce, value) < valuesAtOnce) {
    yield JSON.stringify(value);
    return;
  }
  if (Array.isArray(value)) {
    yield* listPieces(value);
    return;
  }
  let before = '{';
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    yield `${before}${JSON.stringify(name)}:`;
    yield* jsonPieces(member);
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}

/** Neighbours that are short are written together: one by one, a list of a thousand sessions takes an eighth more CPU time. */
function* listPieces(items: readonly unknown[]): Generator<string, void, undefined> {
  let before = '[';
  for (let begin = 0; begin < items.length; ) {
    yield before;
    before = ',';
    const end = endOfShort(items, begin);
    if (end > begin) yield JSON.stringify(items.slice(begin, end)).slice(1, -1);
    else yield* jsonPieces(items[begin]);
    begin = Math.max(end, begin + 1);
  }
  yield items.length === 0 ? '[]' : ']';
}

/** Behind the items that come to so few values together that they are written at once. */
function endOfShort(items: readonly unknown[], begin: number): number {
  let end = begin;
  for (let left = valuesAtOnce; end < items.length; end++) {
    const count = countUpTo(left, items[end]);
    if (count >= left) break;
    left -= count;
  }
  return end;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !('toJSON' in value);
}

/** How many values there are in a value, including itself; `most` when there are more. */
function countUpTo(most: number, value: unknown): number {
  let count = 1;
  if (!isContainer(value)) return count;
  for (const member of Array.isArray(value) ? value : Object.values(value)) {
    if (count >= most) break;
    count += countUpTo(most - count, member);
  }
  return count;
}
