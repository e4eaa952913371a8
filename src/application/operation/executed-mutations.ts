import type { OperationScope } from './operation-scope.js';

/** A field of a mutation document that was executed: its name or alias, and the members of its payload that say what it did. */
interface ExecutedMutation {
  readonly path: readonly [string | number];
  readonly outcome?: unknown;
  readonly revokedCount?: unknown;
}

const shownMembers: ReadonlySet<string> = new Set(['outcome', 'revokedCount']);

/** Notes what a mutation did, for an answer without data: see {@link executedMutations}. */
export function noteExecuted(scope: OperationScope, name: string | number, payload: unknown): void {
  const members = Object.entries(payload ?? {}).filter(([member]) => shownMembers.has(member));
  notedIn(scope).push({ path: [name], ...Object.fromEntries(members) });
}

/**
 * The mutations of a document that were executed, in their order. No payload may be null, so an error in one of them takes
 * the payloads of all from the answer (GraphQL specification, 6.4.4), though they have ended sessions. So does an answer that
 * is too long to be sent.
 */
export function executedMutations(scope: OperationScope): readonly ExecutedMutation[] {
  return notedIn(scope);
}

function notedIn(scope: OperationScope): ExecutedMutation[] {
  return scope.memory.once<ExecutedMutation[]>(scope.memory, 'executed mutations', () => []);
}
